/// Tells when the share of bad samples has risen above a limit, by looking after each sample.
///
/// A Shiryaev-Roberts detector: for each of some shares above the limit it sums, over every sample as the moment of the
/// change, how much likelier the samples since then are with that share than with the limit. While the true share is at or
/// below the limit, the mean of these sums after n samples is at most n; so (Doob) it ever reaches `samples / chance` within
/// that many samples with at most that chance, however often one looks. After the share has risen it grows with each bad
/// sample, whatever came before.
package struct RateDetector: Sendable {
  /// Samples for which the chance of a false alarm holds.
  package static let samplesMax = 1_000_000
  /// Of an alarm within `samplesMax` samples though the share is at the limit. A guard has two detectors that can err, and
  /// each process a guard: with five processes it is one in 10,000 that any of them trips for nothing.
  package static let falseAlarmChance = 1.0 / 100_000
  /// Where between the limit and 1 the shares lie that it looks for.
  private static let places = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 0.8, 0.98]

  /// How a good and a bad sample multiply each sum.
  private let factors: [(good: Double, bad: Double)]
  private var sums: [Double]

  /// - Parameter limit: from 0 to below 1. At 0 the first bad sample is an alarm.
  package init(limit: Double) {
    precondition((0..<1).contains(limit))
    factors = Self.places.map { place in
      let share = limit + (1 - limit) * place
      return (good: (1 - share) / (1 - limit), bad: limit == 0 ? .infinity : share / limit)
    }
    sums = Array(repeating: 0, count: Self.places.count)
  }

  package mutating func add(isBad: Bool) {
    for index in sums.indices {
      sums[index] = (sums[index] + 1) * (isBad ? factors[index].bad : factors[index].good)
    }
  }

  package var isAlarming: Bool {
    sums.reduce(0, +) / Double(sums.count) >= Double(Self.samplesMax) / Self.falseAlarmChance
  }
}
