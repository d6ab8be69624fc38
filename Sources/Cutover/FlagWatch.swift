package import EventLoop
package import Observability
package import Postgres
package import Rollout
package import SQL

/// Keeps this process's flags as they are in the database: told by NOTIFY, and looking by itself now and then. Each time
/// it acknowledges what it has read.
///
/// While the database cannot be reached the flags stay as they were last known, until the lease has run out.
package final class FlagWatch {
  /// How often it looks without being told: some times in a lease.
  private static let lookMilliseconds = 1_000
  private static let reconnectMilliseconds = 500

  private let store: ControlStore
  private let flags: FlagBox
  private let settings: ConnectionSettings
  private let log: Log
  private let loop: EventLoop
  private let process: String
  private var isStopped = false
  /// Reads of the flags that have begun.
  private var reads = 0
  /// The latest one by which the flags were set.
  private var lastRead = 0
  private var contact = Contact.kept

  /// With the database, as far as the log was told.
  private enum Contact {
    /// To `lost` when the flags cannot be read.
    case kept
    /// To `kept` when they are read again, to `lapsed` when the lease has run out.
    case lost
    /// To `kept`.
    case lapsed
  }

  package init(
    _ store: ControlStore, into flags: FlagBox, settings: ConnectionSettings, log: Log,
    as process: String = ProcessName.current.description, on loop: EventLoop
  ) {
    self.store = store
    self.flags = flags
    self.settings = settings
    self.log = log
    self.process = process
    self.loop = loop
    // Until the first acknowledgement nobody knows of this process.
    flags.lease(until: .now)
  }

  package func start() {
    loop.spawn { await self.listen() }
    loop.spawn { await self.lookNowAndThen() }
  }

  /// Nobody needs to wait for this process any more.
  package func stop() async {
    isStopped = true
    try? await store.leave(process)
  }

  /// Reads the flags now. Of two reads at once the one that began later counts.
  package func refresh() async throws(DatabaseError) {
    reads += 1
    let read = reads
    let leasedUntil = ContinuousClock.now + .milliseconds(FlagPropagation.leaseMilliseconds)
    let (set, snapshot) = try await store.flagSet()
    guard read > lastRead else { return }
    lastRead = read
    flags.set(set)
    guard !isStopped else { return }
    try await store.acknowledge(process, read: read, snapshot: snapshot, epoch: set.epoch)
    if read == lastRead { flags.lease(until: leasedUntil) }
  }

  private func lookNowAndThen() async {
    while !isStopped {
      do {
        try await refresh()
        keep()
      } catch { lose(error) }
      await loop.sleep(milliseconds: Self.lookMilliseconds)
    }
  }

  private func keep() {
    if case .kept = contact { return }
    contact = .kept
    log.info("the flags are read again")
  }

  private func lose(_ error: DatabaseError) {
    switch contact {
    case .kept:
      contact = .lost
      log.warning(
        "the flags cannot be read; those last known are obeyed until their lease runs out",
        ["error": error.description])
    case .lost where flags.hasLapsed:
      contact = .lapsed
      log.warning("the flags' lease has run out; everything is read from old")
    case .lost, .lapsed: break
    }
  }

  private func listen() async {
    while !isStopped {
      let lost = Lost()
      let connection = try? await Connection.open(
        settings, on: loop, closed: { _ in lost.isLost = true },
        notified: { [weak self] _, _ in self?.hear() })
      if let connection, (try? await connection.query(Statement("LISTEN \(ControlStore.flagChannel)"))) != nil {
        try? await refresh()
        while !isStopped, !lost.isLost { await loop.sleep(milliseconds: Self.reconnectMilliseconds) }
      } else {
        await loop.sleep(milliseconds: Self.reconnectMilliseconds)
      }
      connection?.close()
    }
  }

  private func hear() { loop.spawn { try? await self.refresh() } }

  private final class Lost { var isLost = false }
}
