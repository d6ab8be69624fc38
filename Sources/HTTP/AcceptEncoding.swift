/// A coding that a response body can be sent in.
package enum ContentCoding: Sendable {
  case identity
  case gzip
}

/// What an Accept-Encoding field allows (RFC 9110 section 12.5.3). Weights are in thousandths.
///
/// A malformed element is omitted; for a coding named twice the later weight counts.
package struct AcceptEncoding: Sendable {
  private var gzip: Int?
  private var identity: Int?
  private var others: Int?
  private let isPresent: Bool

  /// - Parameter fieldValue: nil when the field is absent.
  package init(_ fieldValue: String?) {
    isPresent = fieldValue != nil
    guard let fieldValue else { return }
    let list = fieldValue.utf8.span
    list.forEachElement(in: 0..<list.count) { element in
      let nameEnd = list.firstIndex(in: element) { $0.isTokenCharacter } ?? element.upperBound
      let name = element.lowerBound..<nameEnd
      guard let weight = Self.weight(list, in: nameEnd..<element.upperBound) else { return }
      if list.equalsIgnoringCase("gzip", in: name) || list.equalsIgnoringCase("x-gzip", in: name) {
        gzip = weight
      } else if list.equalsIgnoringCase("identity", in: name) {
        identity = weight
      } else if list.equals("*", in: name) {
        others = weight
      }
    }
  }

  /// Without the field every coding is acceptable, yet none is asked for: that is not taken as a wish for gzip.
  package var acceptsGzip: Bool { gzipWeight > 0 }

  package var acceptsIdentity: Bool { (identity ?? (others == 0 ? 0 : 1)) > 0 }

  /// The coding to send: gzip where it is accepted and identity is not preferred; nil when neither is acceptable.
  package var preferred: ContentCoding? {
    if acceptsGzip, gzipWeight >= identity ?? 0 { return .gzip }
    return acceptsIdentity ? .identity : acceptsGzip ? .gzip : nil
  }

  private var gzipWeight: Int { isPresent ? gzip ?? others ?? 0 : 0 }

  /// `OWS ";" OWS "q=" qvalue`, or nothing for 1000; nil for anything else.
  private static func weight(_ list: Span<UInt8>, in place: Range<Int>) -> Int? {
    var rest = list.trimmed(place)
    guard !rest.isEmpty else { return 1000 }
    guard list[rest.lowerBound] == UInt8(ascii: ";") else { return nil }
    rest = list.trimmed(rest.lowerBound + 1..<rest.upperBound)
    guard rest.count >= 3, list.equalsIgnoringCase("q=", in: rest.lowerBound..<rest.lowerBound + 2) else { return nil }
    return qvalue(list, in: rest.lowerBound + 2..<rest.upperBound)
  }

  /// `0` or `1` with up to three decimals, at most 1 (RFC 9110 section 12.4.2).
  private static func qvalue(_ list: Span<UInt8>, in place: Range<Int>) -> Int? {
    guard place.count <= 5, list[place.lowerBound].isDigit else { return nil }
    var value = Int(list[place.lowerBound] - 0x30)
    if place.count > 1 {
      guard list[place.lowerBound + 1] == UInt8(ascii: ".") else { return nil }
    }
    for index in place.lowerBound + 2..<place.lowerBound + 5 {
      let digit = index < place.upperBound ? list[index] : UInt8(ascii: "0")
      guard digit.isDigit else { return nil }
      value = value * 10 + Int(digit - 0x30)
    }
    return value <= 1000 ? value : nil
  }
}
