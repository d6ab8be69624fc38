/// An entity tag (RFC 9110 section 8.8.3).
package struct EntityTag: Equatable, Sendable {
  /// With quotes, and `W/` in front of a weak one.
  package let text: String
  private let opaque: String

  /// Nil when `opaque` holds a quote, white space or a control character.
  package init?(_ opaque: String, isWeak: Bool = false) {
    guard opaque.utf8.allSatisfy(Self.isTagCharacter) else { return nil }
    self.opaque = opaque
    text = "\(isWeak ? "W/" : "")\"\(opaque)\""
  }

  /// Whether an If-None-Match with this value names the tag, so that GET and HEAD are answered 304
  /// (RFC 9110 section 13.1.2, weak comparison). A malformed list names nothing: the client gets the whole answer.
  package func matches(ifNoneMatch fieldValue: String) -> Bool {
    let list = fieldValue.utf8.span
    let all = list.trimmed(0..<list.count)
    if list.equals("*", in: all) { return true }
    var isNamed = false
    var index = all.lowerBound
    while true {
      while index < all.upperBound, list[index].isWhitespace || list[index] == UInt8(ascii: ",") { index += 1 }
      guard index < all.upperBound else { return isNamed }
      guard let tag = Self.opaqueTag(list, at: &index, end: all.upperBound) else { return false }
      if list.equals(opaque, in: tag) { isNamed = true }
      while index < all.upperBound, list[index].isWhitespace { index += 1 }
      guard index == all.upperBound || list[index] == UInt8(ascii: ",") else { return false }
    }
  }

  /// The octets between the quotes of the tag at `index`, and `index` moved behind it.
  private static func opaqueTag(_ list: Span<UInt8>, at index: inout Int, end: Int) -> Range<Int>? {
    if index + 1 < end, list.equals("W/", in: index..<index + 2) { index += 2 }
    guard index < end, list[index] == Octet.quote else { return nil }
    let start = index + 1
    let close = list.firstIndex(of: Octet.quote, in: start..<end)
    guard close < end, list.firstIndex(in: start..<close, failing: isTagCharacter) == nil else { return nil }
    index = close + 1
    return start..<close
  }

  private static func isTagCharacter(_ octet: UInt8) -> Bool {
    octet > Octet.space && octet != Octet.quote && octet != 0x7F
  }
}
