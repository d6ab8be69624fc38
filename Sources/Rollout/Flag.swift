/// Which schema answers a service, and how the change is under way.
package struct Flag: Sendable, Equatable {
  package let service: String
  package var useNewSchema = false
  package var canaryPercent = Percent.none
  package var shadowPercent = Percent.none
  /// What turns it off by itself.
  package var guardRule: GuardRule?
  /// What raises `canaryPercent` by itself.
  package var ramp: Ramp?
  /// How often it has been changed.
  package var version = 0
  /// The old schema is not written any more; the flag is not looked at.
  package var isNewOnly = false

  package init(service: String) { self.service = service }

  /// True while a guard has something to watch.
  package var isGuarded: Bool { useNewSchema && !isNewOnly && guardRule != nil }

  /// Which share of the requests is asked of both schemas. A guard wants to see all that new answers.
  package func comparedShare(of answered: Schema) -> Percent {
    if isNewOnly { return .none }
    return isGuarded && answered == .new ? .all : shadowPercent
  }

  /// The schema for a key, and why.
  package func choose(key: String) -> Choice {
    if isNewOnly { return Choice(.new, .flag) }
    guard useNewSchema else { return Choice(.old, .flag) }
    guard canaryPercent != .all else { return Choice(.new, .flag) }
    return Choice(canaryPercent.includes(Bucket(key: key, service: service)) ? .new : .old, .canary)
  }
}
