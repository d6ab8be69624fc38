import Foundation
import Testing

@testable import LoadTest

@Suite struct StatisticTests {
  /// Straight from the definition: the smallest value that at least the share of all values does not exceed.
  private static func quantile(_ values: [UInt64], _ share: Double) -> Double {
    let candidates = values.filter { value in
      Double(values.count { $0 <= value }) >= share * Double(values.count) - 1e-9
    }
    return Double(candidates.min()!)
  }

  @Test("quantiles are what their definition says, for every size and with ties")
  func quantiles() throws {
    var random = SeededRandom(seed: 3)
    for count in Array(1...40) + [99, 100, 101, 999, 1_000, 1_001] {
      for spread in [3, 1_000_000] {
        let values = (0..<count).map { _ in UInt64(1 + random.below(spread)) }
        let found = try #require(Statistic.all(of: values))
        let shares = [0.5, 0.9, 0.99, 0.999]
        for (index, share) in shares.enumerated() {
          #expect(found[index + 1] == Self.quantile(values, share), "seed 3, \(count) values, \(share)")
        }
        #expect(abs(found[0] - values.reduce(0) { $0 + Double($1) } / Double(count)) < 1e-6 * found[0])
      }
    }
    #expect(Statistic.all(of: []) == nil)
  }

  @Test(
    "an interval that includes 1 is no difference, its ends too",
    arguments: [
      (0.9, 1.1, Verdict.same), (1, 1.1, .same), (0.9, 1, .same), (1, 1, .same), (0.9, 0.999_999, .faster),
      (1.000_001, 1.2, .slower), (0.1, 0.2, .faster), (3, 4, .slower),
    ])
  func verdicts(_ low: Double, _ high: Double, _ verdict: Verdict) {
    #expect(Verdict(RatioInterval(low: low, high: high)) == verdict)
  }

  @Test("without an interval nothing is said") func unknown() { #expect(Verdict(nil) == .unknown) }

  @Test(
    "ten values have to lie beyond a quantile",
    arguments: [
      (99, [false, false, false, false, false]), (100, [true, true, true, false, false]),
      (999, [true, true, true, false, false]), (1_000, [true, true, true, true, false]),
      (9_999, [true, true, true, true, false]), (10_000, [true, true, true, true, true]),
    ])
  func enough(_ count: Int, _ expected: [Bool]) {
    #expect(Statistic.allCases.map { RatioBootstrap.isEnough(count, for: $0) } == expected)
    guard count < 2_000 else { return }
    let values = (1...count).map { UInt64($0) }
    let intervals = RatioBootstrap(old: values, new: values, seed: 1).intervals()
    #expect(intervals.map { $0 != nil } == expected)
  }

  @Test("a block is as long as the cube root") func blocks() {
    for count in [1, 7, 8, 26, 27, 28, 63, 64, 999, 1_000, 1_001, 500_000] {
      #expect(RatioBootstrap.blockLength(count) == Int(cbrt(Double(count)) + 1e-9), "\(count)")
    }
  }

  @Test("a number has its decimals, rounded") func decimals() {
    #expect(fixed(0, 3) == "0.000" && fixed(1.0005001, 3) == "1.001" && fixed(12.3456, 1) == "12.3")
    #expect(fixed(0.04, 1) == "0.0" && fixed(0.999_96, 4) == "1.0000" && fixed(7.5, 0) == "8")
    #expect(milliseconds(1_234_567) == "1.235" && milliseconds(999) == "0.001")
  }
}
