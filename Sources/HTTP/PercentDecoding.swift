/// Decodes the percent escapes of one part of a target, once (RFC 3986 section 2.1).
enum PercentDecoding {
  /// The text at `place`. Refused: an escape without two hexadecimal digits, NUL, and what is not UTF-8.
  static func text(
    _ bytes: Span<UInt8>, in place: Range<Int>, plusIsSpace: Bool = false
  ) throws(ProtocolError) -> String {
    let isPlain =
      bytes.firstIndex(in: place) { $0 != UInt8(ascii: "%") && !(plusIsSpace && $0 == UInt8(ascii: "+")) } == nil
    if isPlain { return try string(bytes.extracting(place), at: place.lowerBound) }

    var decoded: [UInt8] = []
    decoded.reserveCapacity(place.count)
    var index = place.lowerBound
    while index < place.upperBound {
      switch bytes[index] {
      case UInt8(ascii: "%"):
        guard index + 2 < place.upperBound, let high = bytes[index + 1].hexadecimalValue,
          let low = bytes[index + 2].hexadecimalValue
        else { throw ProtocolError(reason: .percentEscape, offset: index) }
        guard high + low > 0 else { throw ProtocolError(reason: .targetNull, offset: index) }
        decoded.append(UInt8(high * 16 + low))
        index += 3
      case UInt8(ascii: "+") where plusIsSpace:
        decoded.append(Octet.space)
        index += 1
      case let octet:
        decoded.append(octet)
        index += 1
      }
    }
    return try string(decoded.span, at: place.lowerBound)
  }

  private static func string(_ bytes: Span<UInt8>, at offset: Int) throws(ProtocolError) -> String {
    do {
      return String(copying: try UTF8Span(validating: bytes.extracting(0..<bytes.count)))
    } catch {
      throw ProtocolError(reason: .targetEncoding, offset: offset)
    }
  }
}
