import Rollout
import Testing

@Suite struct RampTests {
  private static func percent(_ whole: Int) -> Percent { Percent(hundredths: whole * 100)! }
  private static let ramp = Ramp(steps: [10, 50, 100].map(percent), soakSeconds: 60)
  private static let rule = GuardRule(errorRate: 0.1, latencyRatio: 2, mismatchRate: 0.05, minSamples: 20)

  @Test("every place on the ramp, before and after its soak time, with and without each doubt")
  func moves() {
    let next = [0: 10, 5: 10, 10: 50, 30: 50, 50: 100, 99: 100]
    for (from, to) in next {
      for doubt in [nil] + GuardTally.Doubt.allCases.map(Optional.some) {
        for (seconds, isSoaked) in [(0.0, false), (59.9, false), (60, true), (1e9, true)] {
          let expected: Ramp.Move =
            if from == 0 { .raise(Self.percent(10)) } else if !isSoaked { .soak } else {
              doubt.map { .pause($0) } ?? .raise(Self.percent(to))
            }
          #expect(Self.ramp.move(from: Self.percent(from), soakedFor: seconds, doubt: doubt) == expected)
        }
      }
    }
    #expect(Self.ramp.move(from: .all, soakedFor: 1e9, doubt: nil) == .ended)
  }

  @Test("a guard has no doubt when it has seen enough and all is within its rule, and only then")
  func doubts() {
    let good = GuardTally(requests: 20, failures: 2, comparisons: 20, differences: 1, slower: 10)
    #expect(good.doubt(Self.rule) == nil)
    func spoilt(_ change: (inout GuardTally) -> Void) -> GuardTally.Doubt? {
      var tally = good
      change(&tally)
      return tally.doubt(Self.rule)
    }
    #expect(GuardTally().doubt(Self.rule) == .fewRequests)
    #expect(spoilt { $0.requests = 19 } == .fewRequests)
    #expect(spoilt { $0.comparisons = 19 } == .fewComparisons)
    #expect(spoilt { $0.failures = 3 } == .errors)
    #expect(spoilt { $0.differences = 2 } == .differences)
    #expect(spoilt { $0.slower = 11 } == .latency)
  }
}
