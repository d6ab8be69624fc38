/// What the head of an answer to a GET request says about its body and its connection (RFC 9112 section 6.3).
struct ResponseControls {
  private(set) var framing = HeadControls.Framing.none
  private(set) var keepsAlive: Bool
  /// Another answer to the same request follows.
  let isInterim: Bool

  init(
    _ bytes: Span<UInt8>, _ lines: [FieldLine], version: Version, status: Int, bodyBytesMax: Int
  ) throws(ResponseError) {
    var contentLength: Range<Int>?
    var codings: TransferCodings?
    var closes = false
    var keeps = version == .http11
    for line in lines {
      let (name, value) = (line.name, line.value)
      switch name.count {
      case 10 where bytes.equalsIgnoringCase("connection", in: name):
        bytes.forEachElement(in: value) { option in
          if bytes.equalsIgnoringCase("close", in: option) { closes = true }
          if bytes.equalsIgnoringCase("keep-alive", in: option) { keeps = true }
        }
      case 14 where bytes.equalsIgnoringCase("content-length", in: name):
        if contentLength != nil { throw .malformed(.contentLengthRepeated) }
        contentLength = value
      case 17 where bytes.equalsIgnoringCase("transfer-encoding", in: name):
        var read = codings ?? TransferCodings()
        read.read(bytes, in: value)
        codings = read
      default: break
      }
    }
    keepsAlive = keeps && !closes
    isInterim = status < 200
    guard status != 101 else { throw .upgrade }
    if isInterim || status == 204 || status == 304 { return }
    if let codings {
      do {
        try codings.requireChunked(version: version, besideContentLength: contentLength != nil, offset: 0)
      } catch { throw .malformed(error.reason) }
      framing = .chunked
      return
    }
    guard let contentLength else { throw .endUnknown }
    guard let byteCount = bytes.decimal(in: contentLength) else { throw .malformed(.contentLengthInvalid) }
    guard byteCount <= bodyBytesMax else { throw .malformed(.bodyTooLarge) }
    if byteCount > 0 { framing = .fixed(byteCount: byteCount) }
  }
}
