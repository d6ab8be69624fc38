import Scoring
import Testing

struct HundredthsTests {
  @Test(
    "is written as a plain decimal",
    arguments: [
      (6999, "69.99"), (-5, "-0.05"), (0, "0.00"), (-0, "0.00"), (5, "0.05"), (50, "0.50"), (-100, "-1.00"),
      (10_000, "100.00"), (-123, "-1.23"), (100, "1.00"),
    ])
  func description(count: Int, text: String) {
    #expect(Hundredths(count).description == text)
  }

  @Test(
    "rounds halves away from zero",
    arguments: [
      (1, 2, 1), (-1, 2, -1), (3, 2, 2), (-3, 2, -2), (49, 100, 0), (-49, 100, 0), (51, 100, 1), (-51, 100, -1),
      (0, 7, 0), (2, 3, 1), (-2, 3, -1), (1, 3, 0), (-7, 1, -7),
    ])
  func rounding(numerator: Int, denominator: Int, count: Int) {
    #expect(Hundredths(rounding: numerator, over: denominator).count == count)
  }
}
