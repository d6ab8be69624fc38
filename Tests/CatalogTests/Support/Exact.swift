/// A decimal number as somebody wrote it: `units` times 10 to the minus `scale`. All arithmetic is on integers.
struct Exact: Sendable, Hashable {
  let units: Int
  let scale: Int

  init(_ units: Int, scale: Int) {
    self.units = units
    self.scale = scale
  }

  /// - Parameter text: what PostgreSQL prints for a finite `numeric`.
  init?(_ text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard let units = Int(parts.joined()), parts.count <= 2 else { return nil }
    self.init(units, scale: parts.count == 2 ? parts[1].count : 0)
  }

  var text: String {
    let digits = String(units.magnitude)
    let padded = String(repeating: "0", count: max(0, scale + 1 - digits.count)) + digits
    let sign = units < 0 ? "-" : ""
    return scale == 0 ? sign + padded : "\(sign)\(padded.dropLast(scale)).\(padded.suffix(scale))"
  }

  /// Hundredths, half away from zero.
  var hundredths: Int {
    if scale <= 2 { return units * Self.power(2 - scale) }
    return Self.rounded(units, over: Self.power(scale - 2))
  }

  /// The quotient, rounded half away from zero.
  static func rounded(_ dividend: Int, over divisor: Int) -> Int {
    let magnitude = (2 * abs(dividend) + divisor) / (2 * divisor)
    return dividend < 0 ? -magnitude : magnitude
  }

  private static func power(_ exponent: Int) -> Int { (0..<exponent).reduce(1) { product, _ in product * 10 } }
}
