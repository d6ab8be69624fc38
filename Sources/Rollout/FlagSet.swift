import Synchronization

/// All flags at one moment.
package struct FlagSet: Sendable, Equatable {
  private let flags: [String: Flag]

  package init(_ flags: [Flag] = []) {
    self.flags = Dictionary(flags.map { ($0.service, $0) }) { _, last in last }
  }

  /// A service without a flag is off.
  package func flag(of service: String) -> Flag { flags[service] ?? Flag(service: service) }
}

/// The flags that this process knows: one writer, read by every loop. Empty, and so all off, until they were read.
package final class FlagBox: Sendable {
  private let flags = Mutex(FlagSet())

  package init() {}

  package var current: FlagSet {
    get { flags.withLock { $0 } }
    set { flags.withLock { $0 = newValue } }
  }
}
