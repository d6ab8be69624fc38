/// The list of Transfer-Encoding, over all its lines (RFC 9112 section 6.1). Only `chunked` alone is served.
struct TransferCodings {
  private var endsChunked = false
  private var hasUnknown = false
  private var isInvalid = false

  mutating func read(_ bytes: Span<UInt8>, in value: Range<Int>) {
    bytes.forEachElement(in: value) { element in
      if endsChunked { isInvalid = true }
      let nameEnd = bytes.firstIndex(in: element) { $0.isTokenCharacter } ?? element.upperBound
      let parameters = bytes.trimmed(nameEnd..<element.upperBound)
      let hasParameters = !parameters.isEmpty
      if nameEnd == element.lowerBound || (hasParameters && bytes[parameters.lowerBound] != UInt8(ascii: ";")) {
        isInvalid = true
      } else if bytes.equalsIgnoringCase("chunked", in: element.lowerBound..<nameEnd) {
        endsChunked = true
        if hasParameters { isInvalid = true }
      } else {
        hasUnknown = true
      }
    }
  }

  func requireChunked(version: Version, besideContentLength: Bool, offset: Int) throws(ProtocolError) {
    if version == .http10 { throw ProtocolError(reason: .transferEncodingVersion, offset: offset) }
    if besideContentLength { throw ProtocolError(reason: .framingAmbiguous, offset: offset) }
    if isInvalid { throw ProtocolError(reason: .transferEncodingInvalid, offset: offset) }
    if hasUnknown { throw ProtocolError(reason: .transferEncodingUnknown, offset: offset) }
  }
}
