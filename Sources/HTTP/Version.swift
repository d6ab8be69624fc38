/// The protocol version of a request. A minor version above 1 is treated as 1.1 (RFC 9110 section 2.5).
package enum Version: Sendable {
  case http10
  case http11

  init(_ bytes: Span<UInt8>, at place: Range<Int>) throws(ProtocolError) {
    let start = place.lowerBound
    guard place.count == 8, bytes.equals("HTTP/", in: start..<start + 5), bytes[start + 5].isDigit,
      bytes[start + 6] == UInt8(ascii: "."), bytes[start + 7].isDigit
    else { throw ProtocolError(reason: .versionSyntax, offset: start) }
    guard bytes[start + 5] == UInt8(ascii: "1") else {
      throw ProtocolError(reason: .versionUnsupported, offset: start + 5)
    }
    self = bytes[start + 7] == UInt8(ascii: "0") ? .http10 : .http11
  }
}
