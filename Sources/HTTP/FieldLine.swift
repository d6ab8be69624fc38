/// Where one field of a head stands: `name ":" OWS value OWS` (RFC 9112 section 5).
struct FieldLine: Sendable {
  private let nameStart: UInt16
  private let nameEnd: UInt16
  private let valueStart: UInt16
  private let valueEnd: UInt16

  var name: Range<Int> { Int(nameStart)..<Int(nameEnd) }
  var value: Range<Int> { Int(valueStart)..<Int(valueEnd) }

  /// Reads the line at `place`; the gathering of the line has refused control characters already.
  init(_ bytes: Span<UInt8>, at place: Range<Int>) throws(ProtocolError) {
    if bytes[place.lowerBound].isWhitespace {
      throw ProtocolError(reason: .fieldFolded, offset: place.lowerBound)
    }
    var colon = place.lowerBound
    while colon < place.upperBound, bytes[colon].isTokenCharacter { colon += 1 }
    guard colon < place.upperBound else { throw ProtocolError(reason: .fieldColon, offset: colon) }
    guard bytes[colon] == UInt8(ascii: ":"), colon > place.lowerBound else {
      throw ProtocolError(reason: .fieldName, offset: colon)
    }
    let value = bytes.trimmed(colon + 1..<place.upperBound)
    nameStart = UInt16(place.lowerBound)
    nameEnd = UInt16(colon)
    valueStart = UInt16(value.lowerBound)
    valueEnd = UInt16(value.upperBound)
  }
}
