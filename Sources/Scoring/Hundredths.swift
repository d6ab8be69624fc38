/// A number with two decimals, held exactly: what the NUMERIC(5,2) columns hold.
package struct Hundredths: Hashable, Sendable {
  package let count: Int

  package init(_ count: Int) {
    self.count = count
  }

  /// The nearest hundredth to `numerator / denominator` hundredths, halves away from zero.
  init(rounding numerator: UInt128, over denominator: UInt128) {
    precondition(denominator > 0)
    count = Int((2 * numerator + denominator) / (2 * denominator))
  }

  /// The nearest hundredth to `numerator / denominator` hundredths, halves away from zero.
  package init(rounding numerator: Int, over denominator: Int) {
    precondition(denominator > 0)
    let magnitude = Hundredths(rounding: UInt128(numerator.magnitude), over: UInt128(denominator))
    count = numerator < 0 ? -magnitude.count : magnitude.count
  }

  package static let zero = Hundredths(0)
}

extension Hundredths: CustomStringConvertible {
  /// Plain decimal notation, as PostgreSQL reads and writes it: `69.99`, `-0.05`, `0.00`.
  package var description: String {
    let (whole, fraction) = count.magnitude.quotientAndRemainder(dividingBy: 100)
    return "\(count < 0 ? "-" : "")\(whole).\(fraction < 10 ? "0" : "")\(fraction)"
  }
}
