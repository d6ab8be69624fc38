/// Gathers lines that end with CR LF from any split of the input: head fields, chunk sizes and trailers alike.
///
/// A bare CR, a bare LF, NUL and every other control but HTAB are refused at the octet where they stand
/// (RFC 9112 section 2.2 allows to be laxer in the head; no request is served that two parsers could read differently).
struct LineBuffer {
  /// The lines so far, each with its line end.
  private(set) var bytes: [UInt8] = []
  /// Where the line that is being gathered begins.
  private(set) var lineStart = 0

  enum Progress {
    /// The input ran out.
    case unfinished
    /// A line is complete; its text without the line end.
    case line(Range<Int>)
    case tooLong
    case refused(ProtocolError.Reason)
  }

  var isEmpty: Bool { bytes.isEmpty }

  /// Takes bytes from `position` on, up to the end of one line. A line's text has at most `lineBytesMax` bytes.
  mutating func gather(_ input: Span<UInt8>, at position: inout Int, lineBytesMax: Int) -> Progress {
    if bytes.count > lineStart, bytes[bytes.count - 1] == Octet.carriageReturn {
      return finishLine(input, at: &position)
    }
    let capacity = lineBytesMax - (bytes.count - lineStart)
    let end = Swift.min(input.count, position + capacity)
    var stop = position
    while stop < end, !input[stop].isForbiddenControl { stop += 1 }
    if stop + 1 < input.count, input[stop] == Octet.carriageReturn, input[stop + 1] == Octet.lineFeed {
      bytes.append(input, in: position..<stop + lineEndBytes)
      position = stop + lineEndBytes
      return takeLine()
    }
    bytes.append(input, in: position..<stop)
    position = stop
    guard stop < input.count else { return .unfinished }
    switch input[stop] {
    case Octet.carriageReturn:
      bytes.append(Octet.carriageReturn)
      position += 1
      return finishLine(input, at: &position)
    case Octet.lineFeed: return .refused(.bareLineFeed)
    case let octet where octet.isForbiddenControl: return .refused(.controlCharacter)
    default: return .tooLong
    }
  }

  /// Forgets the lines so far, keeping the memory.
  mutating func clear() {
    bytes.removeAll(keepingCapacity: true)
    lineStart = 0
  }

  /// Gives the lines away and begins anew.
  mutating func take() -> [UInt8] {
    lineStart = 0
    let taken = bytes
    bytes = []
    return taken
  }

  mutating func reserve(_ byteCount: Int) {
    bytes.reserveCapacity(byteCount)
  }

  private mutating func finishLine(_ input: Span<UInt8>, at position: inout Int) -> Progress {
    guard position < input.count else { return .unfinished }
    guard input[position] == Octet.lineFeed else { return .refused(.bareCarriageReturn) }
    bytes.append(Octet.lineFeed)
    position += 1
    return takeLine()
  }

  private mutating func takeLine() -> Progress {
    let text = lineStart..<bytes.count - lineEndBytes
    lineStart = bytes.count
    return .line(text)
  }
}
