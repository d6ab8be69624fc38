import Rollout
import TestSupport
import Testing

@Suite struct GuardTests {
  private static let rule = GuardRule(errorRate: 0.01, latencyRatio: 1.5, mismatchRate: 0, minSamples: 200)

  /// Samples until the alarm; nil: there was none.
  private static func delay(
    _ detector: RateDetector, share: Double, within samples: Int, _ generator: inout SeededGenerator
  ) -> Int? {
    var detector = detector
    for sample in 1...samples {
      detector.add(isBad: Double.random(in: 0..<1, using: &generator) < share)
      if detector.isAlarming { return sample }
    }
    return nil
  }

  @Test("as long as the share is at the limit there is no alarm", arguments: [0.001, 0.01, 0.1, 0.5, 0.9])
  func falseAlarms(_ limit: Double) {
    var generator = SeededGenerator(seed: UInt64(limit * 1_000))
    let alarms = (0..<200).filter { _ in
      Self.delay(RateDetector(limit: limit), share: limit, within: 2_500, &generator) != nil
    }
    #expect(alarms.isEmpty)
  }

  @Test(
    "when everything goes bad the alarm comes within 50 samples, after any number of good ones",
    arguments: [0, 0.01, 0.1, 0.5], [0, 1, 1_000, 100_000])
  func allBad(_ limit: Double, _ good: Int) {
    var generator = SeededGenerator(seed: 3)
    var detector = RateDetector(limit: limit)
    for _ in 0..<good { detector.add(isBad: Double.random(in: 0..<1, using: &generator) < limit) }
    #expect(!detector.isAlarming)
    let delay = Self.delay(detector, share: 1, within: 50, &generator)
    #expect(delay != nil)
    if limit == 0 { #expect(delay == 1) }
  }

  @Test("a share that is twice the limit is noticed too", arguments: [(0.01, 20_000), (0.1, 2_000)])
  func twice(_ limit: Double, _ samples: Int) {
    var generator = SeededGenerator(seed: 5)
    for _ in 0..<50 {
      #expect(Self.delay(RateDetector(limit: limit), share: 2 * limit, within: samples, &generator) != nil)
    }
  }

  /// The bound that `RateDetector` promises, on its sums themselves: under the limit their mean after n samples is n.
  @Test("the sums grow as fast as the theory allows, and no faster")
  func ruin() {
    var generator = SeededGenerator(seed: 8)
    // With a chance of one in ten for an alarm within 1,000 samples the limit would be 10,000.
    var reached = 0
    for _ in 0..<2_000 {
      var sum = 0.0
      for _ in 0..<1_000 {
        sum = (sum + 1) * (Double.random(in: 0..<1, using: &generator) < 0.1 ? 2 : 0.8 / 0.9)
        if sum >= 10_000 {
          reached += 1
          break
        }
      }
    }
    #expect(reached <= 200 + 6 * 14)
    #expect(reached > 0)
  }

  @Test("old against old: no trip in 10,000 runs")
  func oldAgainstOld() {
    var generator = SeededGenerator(seed: 13)
    var trips = 0
    for _ in 0..<10_000 {
      var watch = Guard(Self.rule)
      for _ in 0..<300 {
        watch.answered(hasFailed: Double.random(in: 0..<1, using: &generator) < 0.002)
        // Times of a long tail, independent of each other.
        let times = (0..<2).map { _ in Int(100 / Double.random(in: 0.01..<1, using: &generator)) }
        watch.compared(differs: false, oldMicroseconds: times[0], newMicroseconds: times[1])
      }
      if watch.trip != nil { trips += 1 }
    }
    #expect(trips == 0)
  }

  @Test("each fault trips by its own name, within 50 bad samples")
  func trips() {
    func samples(until reason: Guard.Reason, _ add: (inout Guard) -> Void) -> Int? {
      var watch = Guard(Self.rule)
      for _ in 0..<1_000 {
        watch.answered(hasFailed: false)
        watch.compared(differs: false, oldMicroseconds: 200, newMicroseconds: 190)
      }
      for sample in 1...50 {
        add(&watch)
        if watch.trip == reason { return sample }
      }
      return nil
    }
    #expect(
      samples(until: .differences) { $0.compared(differs: true, oldMicroseconds: 200, newMicroseconds: 190) } == 1)
    #expect(samples(until: .errors) { $0.answered(hasFailed: true) } ?? 99 <= 50)
    #expect(
      samples(until: .latency) { $0.compared(differs: false, oldMicroseconds: 200, newMicroseconds: 600) } ?? 99 <= 50)
  }

  @Test("rules that allow everything never trip")
  func allowsAll() {
    var watch = Guard(GuardRule(errorRate: 1, latencyRatio: 1e9, mismatchRate: 1, minSamples: 1))
    for _ in 0..<1_000 {
      watch.answered(hasFailed: true)
      watch.compared(differs: true, oldMicroseconds: 1, newMicroseconds: 1_000)
    }
    #expect(watch.trip == nil)
  }
}
