/// A UUID (RFC 9562). Reads upper and lower case, prints lower case.
package struct UUIDValue: Sendable, Hashable, Comparable, CustomStringConvertible {
  package let description: String

  /// nil unless `text` is 8-4-4-4-12 hexadecimal digits.
  package init?(_ text: some StringProtocol) {
    let bytes = Array(text.utf8)
    guard bytes.count == 36 else { return nil }
    for (index, byte) in bytes.enumerated() {
      switch byte {
      case UInt8(ascii: "-"): guard Self.hyphens.contains(index) else { return nil }
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
        UInt8(ascii: "A")...UInt8(ascii: "F"):
        guard !Self.hyphens.contains(index) else { return nil }
      default: return nil
      }
    }
    description = text.lowercased()
  }

  private static let hyphens: Set = [8, 13, 18, 23]

  package static func < (a: UUIDValue, b: UUIDValue) -> Bool { a.description < b.description }
}
