/// Decodes one chunked body from any split of the input (RFC 9112 section 7.1).
///
/// Trailer fields are checked and dropped; they never reach the head.
struct ChunkedDecoder {
  private enum State {
    case size
    case data(remaining: Int)
    case dataEnd
    case trailer
  }

  private var state = State.size
  private var line = LineBuffer()
  private var extensionBytes = 0
  private var trailerBytes = 0

  /// Takes bytes from `position` on and appends the data to `body`. True when the last line was taken.
  mutating func decode(
    _ input: Span<UInt8>, at position: inout Int, into body: inout [UInt8], limits: Limits
  ) throws(ProtocolError) -> Bool {
    while position < input.count {
      switch state {
      case .size:
        try takeSize(input, at: &position, bodyBytes: body.count, limits: limits)
      case .data(let remaining):
        let taken = min(remaining, input.count - position)
        body.append(input, in: position..<position + taken)
        position += taken
        state = taken == remaining ? .dataEnd : .data(remaining: remaining - taken)
      case .dataEnd:
        guard try takeLine(input, at: &position, bytesMax: 0, orElse: .chunkEnd) != nil else { continue }
        line.clear()
        state = .size
      case .trailer:
        if try takeTrailer(input, at: &position, limits: limits) { return true }
      }
    }
    return false
  }

  private mutating func takeSize(
    _ input: Span<UInt8>, at position: inout Int, bodyBytes: Int, limits: Limits
  ) throws(ProtocolError) {
    let lineBytesMax = limits.chunkSizeDigitsMax + limits.chunkExtensionBytesMax - extensionBytes
    guard let place = try takeLine(input, at: &position, bytesMax: lineBytesMax, orElse: .chunkExtensionTooLong)
    else { return }
    let chunk = try ChunkLine(line.bytes.span, at: place, digitsMax: limits.chunkSizeDigitsMax)
    extensionBytes += chunk.extensionBytes
    guard extensionBytes <= limits.chunkExtensionBytesMax else {
      throw ProtocolError(reason: .chunkExtensionTooLong, offset: place.upperBound)
    }
    guard chunk.byteCount <= limits.bodyBytesMax - bodyBytes else {
      throw ProtocolError(reason: .bodyTooLarge, offset: place.lowerBound)
    }
    line.clear()
    state = chunk.byteCount == 0 ? .trailer : .data(remaining: chunk.byteCount)
  }

  private mutating func takeTrailer(
    _ input: Span<UInt8>, at position: inout Int, limits: Limits
  ) throws(ProtocolError) -> Bool {
    let capacity = limits.trailerBytesMax - trailerBytes - 2 * lineEndBytes
    let lineBytesMax = max(0, min(limits.fieldBytesMax, capacity))
    guard let place = try takeLine(input, at: &position, bytesMax: lineBytesMax, orElse: .trailerTooLong)
    else { return false }
    guard !place.isEmpty else { return true }
    _ = try FieldLine(line.bytes.span, at: place)
    trailerBytes += line.bytes.count
    line.clear()
    return false
  }

  /// A complete line, nil when the input ran out. Offsets of errors count from the beginning of the line.
  private mutating func takeLine(
    _ input: Span<UInt8>, at position: inout Int, bytesMax: Int, orElse tooLong: ProtocolError.Reason
  ) throws(ProtocolError) -> Range<Int>? {
    switch line.gather(input, at: &position, lineBytesMax: bytesMax) {
    case .unfinished: return nil
    case .line(let place): return place
    case .tooLong: throw ProtocolError(reason: tooLong, offset: line.bytes.count)
    case .refused(let reason): throw ProtocolError(reason: reason, offset: line.bytes.count)
    }
  }

  /// Bytes taken of the line that is being read.
  var lineBytes: Int { line.bytes.count }
}
