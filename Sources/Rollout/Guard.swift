/// What a canary must keep to.
package struct GuardRule: Sendable, Equatable {
  /// Share of the requests that new was to answer and could not.
  package let errorRate: Double
  /// How many times as slow new may be as old, in half of the comparisons.
  package let latencyRatio: Double
  /// Share of the comparisons that may differ; at 0 the first confirmed difference is one too many.
  package let mismatchRate: Double
  /// With fewer requests or fewer comparisons than these nothing is said to be well.
  package let minSamples: Int

  package init(errorRate: Double, latencyRatio: Double, mismatchRate: Double, minSamples: Int) {
    self.errorRate = errorRate
    self.latencyRatio = latencyRatio
    self.mismatchRate = mismatchRate
    self.minSamples = minSamples
  }
}

/// Watches a canary, sample by sample, and trips when it breaks its rule. Begin a new one whenever the flag changes.
package struct Guard: Sendable {
  package enum Reason: String, Sendable, CaseIterable {
    case errors = "error_rate"
    case latency = "latency_ratio"
    case differences = "mismatch_rate"
  }

  package let rule: GuardRule
  package private(set) var tally = GuardTally()
  private var errors: RateDetector?
  private var differences: RateDetector?
  private var slower = RateDetector(limit: 0.5)

  package init(_ rule: GuardRule) {
    self.rule = rule
    errors = rule.errorRate < 1 ? RateDetector(limit: rule.errorRate) : nil
    differences = rule.mismatchRate < 1 ? RateDetector(limit: rule.mismatchRate) : nil
  }

  /// A request that new was to answer, and if it could not, old could.
  package mutating func answered(hasFailed: Bool) {
    tally.requests += 1
    if hasFailed { tally.failures += 1 }
    errors?.add(isBad: hasFailed)
  }

  /// One question that both schemas answered. The ratio's median is within the rule if at most half of the pairs exceed
  /// it, whatever the times' distribution.
  ///
  /// - Parameter differs: the difference was found again when it was asked again, and nothing explains it.
  package mutating func compared(differs: Bool, oldMicroseconds old: Int, newMicroseconds new: Int) {
    let isSlower = Double(new) > Double(old) * rule.latencyRatio
    tally.comparisons += 1
    if differs { tally.differences += 1 }
    if isSlower { tally.slower += 1 }
    differences?.add(isBad: differs)
    slower.add(isBad: isSlower)
  }

  /// nil: it holds.
  package var trip: Reason? {
    if differences?.isAlarming == true { return .differences }
    if errors?.isAlarming == true { return .errors }
    if slower.isAlarming { return .latency }
    return nil
  }
}
