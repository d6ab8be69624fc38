/// What a guard has seen since the flag last changed.
package struct GuardTally: Sendable, Equatable {
  /// That new was to answer, without those that neither schema could answer.
  package var requests = 0
  /// Of them: those that old had to answer.
  package var failures = 0
  /// Questions that both schemas answered.
  package var comparisons = 0
  /// Of them: differences that were found again when asked again, and that nothing explains.
  package var differences = 0
  /// Of the comparisons: those in which new took longer than the rule's ratio allows.
  package var slower = 0

  package init(requests: Int = 0, failures: Int = 0, comparisons: Int = 0, differences: Int = 0, slower: Int = 0) {
    self.requests = requests
    self.failures = failures
    self.comparisons = comparisons
    self.differences = differences
    self.slower = slower
  }

  /// Why the canary should not go further yet; nil: enough has been seen, and all is within the rule.
  package func doubt(_ rule: GuardRule) -> Doubt? {
    if requests < rule.minSamples { return .fewRequests }
    if comparisons < rule.minSamples { return .fewComparisons }
    if Double(failures) > rule.errorRate * Double(requests) { return .errors }
    if Double(differences) > rule.mismatchRate * Double(comparisons) { return .differences }
    if slower * 2 > comparisons { return .latency }
    return nil
  }

  package enum Doubt: String, Sendable, CaseIterable {
    case fewRequests = "few_requests"
    case fewComparisons = "few_comparisons"
    case errors = "error_rate"
    case differences = "mismatch_rate"
    case latency = "latency_ratio"
  }
}
