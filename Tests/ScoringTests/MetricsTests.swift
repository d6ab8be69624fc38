import Scoring
import Testing
import TestSupport

struct MetricsTests {
  @Test("the contract's example: 12,000 tokens, 40 mentions, first at 2")
  func contractExample() {
    #expect(Metrics.visibility(mentions: 40, firstPosition: 2, words: 12_000).description == "70.00")
  }

  @Test(
    "visibility worked out by hand",
    arguments: [
      // 60 + 40 * 100/101
      (1, 1, 1, "99.60"),
      // 60 * 1/2 + 40 * 50/51
      (1, 2, 2, "69.22"),
      // 60 + 40 * 1/2
      (1, 1, 100, "80.00"),
      // 60 * 1/100 + 20
      (1, 100, 100, "20.60"),
      // 60 * 0.9 + 40 * 2/3
      (2, 11, 100, "80.67"),
    ])
  func visibility(mentions: Int, firstPosition: Int, words: Int, expected: String) {
    #expect(
      Metrics.visibility(mentions: mentions, firstPosition: firstPosition, words: words).description == expected)
  }

  @Test(
    "share",
    arguments: [
      (0, 0, "0.00"), (0, 3, "0.00"), (3, 3, "100.00"), (1, 3, "33.33"), (2, 3, "66.67"), (1, 8, "12.50"),
      // 3.125 and 0.625 are halves
      (1, 32, "3.13"), (1, 160, "0.63"),
    ])
  func share(mentions: Int, all: Int, expected: String) {
    #expect(Metrics.share(mentions: mentions, of: all).description == expected)
  }

  @Test("visibility is the formula of the contract, rounded from its exact value")
  func exactVisibility() {
    let seed: UInt64 = 0x5C0_41A6
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<20_000 {
      let words = generator.pick([
        generator.below(40) + 1, generator.below(4000) + 1, 12_000, generator.below(3_000_000) + 1,
      ])
      let first = generator.pick([1, words, generator.below(words) + 1])
      let mentions = generator.below(min(words - first + 1, 60_000)) + 1
      let exact = formula(mentions: mentions, first: first, words: words)
      let found = Metrics.visibility(mentions: mentions, firstPosition: first, words: words)
      #expect(
        exact.isRounded(to: found.count),
        "seed \(seed): \(mentions) mentions, first at \(first) of \(words) gave \(found)")
    }
  }

  @Test("no answer is too long for exact arithmetic")
  func longestAnswer() {
    let words = 1 << 40
    #expect(Metrics.visibility(mentions: words, firstPosition: 1, words: words).description == "99.60")
    #expect(Metrics.visibility(mentions: 1, firstPosition: words, words: words).description == "0.00")
  }

  /// Written as the contract writes it, with a fraction at each step.
  private func formula(mentions: Int, first: Int, words: Int) -> Fraction {
    let one = Fraction(1, 1)
    let density = Fraction(100 * mentions, words)
    return Fraction(100, 1)
      * (Fraction(6, 10) * (one - Fraction(first - 1, words)) + Fraction(4, 10) * (density / (density + one)))
  }
}

/// An exact fraction in lowest terms.
private struct Fraction {
  let numerator: Int128
  let denominator: Int128

  init(_ numerator: Int, _ denominator: Int) {
    self.init(Int128(numerator), Int128(denominator))
  }

  private init(_ numerator: Int128, _ denominator: Int128) {
    var (a, b) = (numerator.magnitude, denominator.magnitude)
    while b != 0 { (a, b) = (b, a % b) }
    self.numerator = numerator / Int128(a)
    self.denominator = denominator / Int128(a)
  }

  static func + (a: Fraction, b: Fraction) -> Fraction {
    Fraction(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator)
  }

  static func - (a: Fraction, b: Fraction) -> Fraction {
    a + Fraction(-b.numerator, b.denominator)
  }

  static func * (a: Fraction, b: Fraction) -> Fraction {
    Fraction(a.numerator * b.numerator, a.denominator * b.denominator)
  }

  static func / (a: Fraction, b: Fraction) -> Fraction {
    a * Fraction(b.denominator, b.numerator)
  }

  /// Whether `hundredths` is this value, not negative, rounded with halves up: it lies in (value - 1/2, value + 1/2].
  func isRounded(to hundredths: Int) -> Bool {
    let distance = Fraction(hundredths, 1) - self * Fraction(100, 1)
    return 2 * distance.numerator > -distance.denominator && 2 * distance.numerator <= distance.denominator
  }
}
