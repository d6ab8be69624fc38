import JSON
import Rollout

/// Decisions in words, with their numbers.
enum Reasons {
  static func trip(_ reason: Guard.Reason, _ tally: GuardTally, _ rule: GuardRule) -> String {
    switch reason {
    case .errors:
      "new failed \(tally.failures) of \(tally.requests) requests; error_rate allows \(rule.errorRate)"
    case .differences:
      "new answered \(tally.differences) of \(tally.comparisons) comparisons differently; mismatch_rate allows \(rule.mismatchRate)"
    case .latency:
      "new took over \(rule.latencyRatio) times as long as old in \(tally.slower) of \(tally.comparisons) comparisons; latency_ratio allows it in half of them"
    }
  }

  static func pause(_ doubt: GuardTally.Doubt, _ tally: GuardTally, _ rule: GuardRule) -> String {
    switch doubt {
    case .fewRequests: "waits: \(tally.requests) of min_samples \(rule.minSamples) requests so far"
    case .fewComparisons: "waits: \(tally.comparisons) of min_samples \(rule.minSamples) comparisons so far"
    case .errors: "waits: \(trip(.errors, tally, rule))"
    case .differences: "waits: \(trip(.differences, tally, rule))"
    case .latency: "waits: \(trip(.latency, tally, rule))"
    }
  }

  static func raise(from step: RampStep, to percent: Percent) -> String {
    if step.percent == .none { return "begins at \(percent) %" }
    let seconds = Int(step.soaked)
    guard let rule = step.rule else { return "to \(percent) % after \(seconds) s; there is no guard" }
    let tally = step.tally
    return
      "to \(percent) % after \(seconds) s: \(tally.failures) of \(tally.requests) requests failed, \(tally.differences) of \(tally.comparisons) comparisons differed, \(tally.slower) took over \(rule.latencyRatio) times as long"
  }
}

/// The same numbers for programs.
enum Numbers {
  /// `{"soaked_s","requests","failures","comparisons","differences","slower","guard"}`; `soaked_s` is null for a trip,
  /// `guard` is null or the rule.
  static func json(_ tally: GuardTally, _ rule: GuardRule?, soaked: Double?) -> String {
    var json = JSONWriter()
    json.beginObject()
    json.key("soaked_s")
    if let soaked { json.integer(Int(soaked)) } else { json.null() }
    for (name, value) in [
      ("requests", tally.requests), ("failures", tally.failures), ("comparisons", tally.comparisons),
      ("differences", tally.differences), ("slower", tally.slower),
    ] {
      json.key(name)
      json.integer(value)
    }
    json.key("guard")
    if let rule {
      json.beginObject()
      for (name, value) in [
        ("error_rate", rule.errorRate), ("latency_ratio", rule.latencyRatio), ("mismatch_rate", rule.mismatchRate),
      ] {
        json.key(name)
        json.verbatim(value.description)
      }
      json.key("min_samples")
      json.integer(rule.minSamples)
      json.endObject()
    } else {
      json.null()
    }
    json.endObject()
    return String(decoding: json.finish(), as: UTF8.self)
  }
}
