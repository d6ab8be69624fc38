// swiftc -O -wmo -sanitize=fuzzer,address -parse-as-library -package-name switchyard Fuzz/FuzzHTTP.swift Sources/HTTP/*.swift -o fuzz-http
// SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=0 ./fuzz-http -max_len=512 -dict=Fuzz/http.dict CORPUS

/// Properties of the request parser: no trap, the same events for every split, no limit passed.
///
/// The first two bytes choose limits and splits; the rest is what a client sends.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzHTTP(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  guard count > 2 else { return 0 }
  let input = Array(UnsafeBufferPointer(start: data, count: count))
  let bytes = Array(input[2...])

  var limits = Limits()
  if input[0] & 1 == 1 {
    limits.bodyBytesMax = 24
    limits.chunkExtensionBytesMax = 12
    limits.trailerBytesMax = 24
    limits.fieldBytesMax = 40
    limits.fieldCountMax = 4
  }
  let whole = transcript(of: bytes, pieceBytes: [bytes.count], limits: limits)
  let byteByByte = transcript(of: bytes, pieceBytes: [1], limits: limits)
  let split = transcript(of: bytes, pieceBytes: [Int(input[0] >> 4) + 1, Int(input[1]) + 1], limits: limits)
  precondition(whole == byteByByte, "byte by byte is different")
  precondition(whole == split, "split is different")
  return 0
}

private struct Transcript: Equatable {
  enum Event: Equatable {
    case request(
      Method, Version, [String], Query, head: [UInt8], fields: [Range<Int>], body: [UInt8], Bool, String?, String,
      String?)
    case expectContinue
    case failed(ProtocolError)
    case end(RequestParser.Phase)
  }

  var events: [Event] = []
  var ends: [Int] = []
}

private func transcript(of bytes: [UInt8], pieceBytes: [Int], limits: Limits) -> Transcript {
  var parser = RequestParser(limits: limits)
  var transcript = Transcript()
  var position = 0
  var piece = 0
  while position < bytes.count {
    let pieceEnd = min(bytes.count, position + pieceBytes[piece % pieceBytes.count])
    piece += 1
    while position < pieceEnd {
      let step = parser.receive(bytes.span.extracting(position..<pieceEnd))
      position += step.consumed
      precondition(position <= pieceEnd)
      switch step.event {
      case .needMore:
        precondition(position == pieceEnd)
        continue
      case .expectContinue:
        transcript.events.append(.expectContinue)
      case .request(let request):
        check(request, limits)
        transcript.events.append(
          .request(
            request.method, request.version, request.path, request.query, head: request.headers.head,
            fields: request.headers.lines.flatMap { [$0.name, $0.value] }, body: request.body, request.wantsKeepAlive,
            request.authority, request.rawPath, request.rawQuery))
      case .failed(let error):
        precondition((0...bytes.count).contains(error.offset))
        transcript.events.append(.failed(error))
        transcript.ends.append(position)
        return transcript
      }
      transcript.ends.append(position)
    }
  }
  transcript.events.append(.end(parser.phase))
  return transcript
}

private func check(_ request: Request, _ limits: Limits) {
  precondition(request.body.count <= limits.bodyBytesMax)
  precondition(request.headers.head.count <= limits.headBytesMax)
  precondition(request.headers.count <= limits.fieldCountMax)
  precondition(!request.path.joined().utf8.contains(0))
  for name in ["host", "accept-encoding", "if-none-match", "x"] {
    let value = request.headers[name]
    precondition((value == nil) == (request.headers.bytes(name) == nil))
    _ = AcceptEncoding(value).preferred
    _ = EntityTag("a")?.matches(ifNoneMatch: value ?? "")
    if let value, let field = FieldValue(value) { precondition(!field.text.utf8.contains(13)) }
  }
}
