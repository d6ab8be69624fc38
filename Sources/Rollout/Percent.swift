/// A share from 0 to 100 % with two decimals.
package struct Percent: Sendable, Hashable, CustomStringConvertible {
  package let hundredths: Int

  package static let none = Percent(whole: 0)
  package static let all = Percent(whole: 100)

  private init(whole: Int) { hundredths = whole * 100 }

  /// nil out of range.
  package init?(hundredths: Int) {
    guard (0...10_000).contains(hundredths) else { return nil }
    self.hundredths = hundredths
  }

  package enum ParseError: Error { case notTwoDecimals, outOfRange }

  /// From the text of a JSON number; trailing zeros and exponents may stand as they like. Read digit by digit,
  /// because a `Double` would take 12.3400000000001 for 12.34.
  package init(number text: String) throws(ParseError) {
    guard Double(text) != nil, text.utf8.allSatisfy("0123456789.-+eE".utf8.contains) else { throw .notTwoDecimals }
    let parts = text.lowercased().split(separator: "e")
    let places = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    let fraction = places.dropFirst().joined()
    var digits = (places[0] + fraction).drop { $0 == "-" || $0 == "+" || $0 == "0" }
    guard !digits.isEmpty else {
      hundredths = 0
      return
    }
    guard !text.hasPrefix("-") else { throw .outOfRange }
    var zeros = parts.count > 1 ? Self.exponent(parts[1]) : 0
    zeros += 2 - fraction.utf8.count
    while digits.last == "0" {
      digits.removeLast()
      zeros += 1
    }
    guard digits.utf8.count + zeros <= Self.digitsMax else { throw .outOfRange }
    guard zeros >= 0 else { throw .notTwoDecimals }
    guard let value = Int(digits + String(repeating: "0", count: zeros)), value <= 10_000 else { throw .outOfRange }
    hundredths = value
  }

  /// Digits of 10,000 hundredths.
  private static let digitsMax = 5

  /// Bounded, so that sums with it cannot overflow.
  private static func exponent(_ text: some StringProtocol) -> Int {
    let bound = 1 << 40
    return max(-bound, min(Int(text) ?? (text.hasPrefix("-") ? -bound : bound), bound))
  }

  /// For example `12.50`.
  package var description: String { "\(hundredths / 100).\(hundredths % 100 / 10)\(hundredths % 10)" }

  /// True if a bucket lies below this share.
  package func includes(_ bucket: Bucket) -> Bool { bucket.number < hundredths }
}
