import Synchronization

/// All flags at one moment.
package struct FlagSet: Sendable, Equatable {
  private let flags: [String: Flag]

  package init(_ flags: [Flag] = []) {
    self.flags = Dictionary(flags.map { ($0.service, $0) }) { _, last in last }
  }

  /// How often any of them has been changed.
  package var epoch: Int { flags.values.reduce(0) { $0 + $1.version } }

  /// True while a ramp may have to be moved.
  package var hasRamps: Bool { flags.values.contains { $0.useNewSchema && !$0.isNewOnly && $0.ramp != nil } }

  /// What is safe for a process that cannot know what has been changed since: everything off. What is retired stays so.
  package var allOff: FlagSet {
    FlagSet(
      flags.values.map { flag in
        var flag = flag
        flag.useNewSchema = false
        flag.shadowPercent = .none
        return flag
      })
  }

  /// A service without a flag is off.
  package func flag(of service: String) -> Flag { flags[service] ?? Flag(service: service) }
}

/// The flags that this process obeys: one writer, read by every loop. Empty, and so all off, until they were read; all off
/// while a lease has run out.
package final class FlagBox: Sendable {
  private struct Held {
    var set = FlagSet()
    var setAfterLease = FlagSet()
    var setAt = ContinuousClock.now
    /// nil: they are obeyed for ever.
    var leasedUntil: ContinuousClock.Instant?

    var hasLapsed: Bool { leasedUntil.map { $0 <= .now } ?? false }
  }

  private let held = Mutex(Held())

  package init() {}

  /// The lease stays as it is.
  package func set(_ flags: FlagSet) {
    held.withLock {
      $0.set = flags
      $0.setAfterLease = flags.allOff
      $0.setAt = .now
    }
  }

  /// From then on the flags are not obeyed any more.
  package func lease(until end: ContinuousClock.Instant) { held.withLock { $0.leasedUntil = end } }

  package var hasLapsed: Bool { held.withLock { $0.hasLapsed } }

  /// How long ago they were read, or this box made.
  package var age: Duration { ContinuousClock.now - held.withLock { $0.setAt } }

  package var current: FlagSet { held.withLock { $0.hasLapsed ? $0.setAfterLease : $0.set } }
}
