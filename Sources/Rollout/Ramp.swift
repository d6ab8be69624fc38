/// Raises a canary step by step.
package struct Ramp: Sendable, Equatable {
  /// Ascending.
  package let steps: [Percent]
  package let soakSeconds: Int

  package init(steps: [Percent], soakSeconds: Int) {
    self.steps = steps
    self.soakSeconds = soakSeconds
  }

  package enum Move: Sendable, Equatable {
    /// The last step has been reached.
    case ended
    /// The step has not been soaked for long enough.
    case soak
    /// It has, but the guard is not sure. It goes on by itself when the guard is.
    case pause(GuardTally.Doubt)
    case raise(Percent)
  }

  /// - Parameters:
  ///   - seconds: since the flag last changed.
  ///   - doubt: the guard's; nil: it has none, or there is no guard.
  package func move(from percent: Percent, soakedFor seconds: Double, doubt: GuardTally.Doubt?) -> Move {
    guard let next = steps.first(where: { $0.hundredths > percent.hundredths }) else { return .ended }
    // Nobody reads new yet: there is nothing to learn from waiting.
    if percent == .none { return .raise(next) }
    if seconds < Double(soakSeconds) { return .soak }
    return doubt.map { .pause($0) } ?? .raise(next)
  }
}
