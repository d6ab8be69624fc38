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

  /// From the text of a JSON number; trailing zeros and exponents may stand as they like.
  package init(number text: String) throws(ParseError) {
    guard let value = Double(text) else { throw .notTwoDecimals }
    guard value >= 0, value <= 100 else { throw .outOfRange }
    let scaled = value * 100
    guard abs(scaled - scaled.rounded()) < 1e-7 else { throw .notTwoDecimals }
    hundredths = Int(scaled.rounded())
  }

  /// For example `12.50`.
  package var description: String { "\(hundredths / 100).\(hundredths % 100 / 10)\(hundredths % 10)" }

  /// True if a bucket lies below this share.
  package func includes(_ bucket: Bucket) -> Bool { bucket.number < hundredths }
}
