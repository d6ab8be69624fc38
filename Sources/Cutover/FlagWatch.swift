package import EventLoop
package import Postgres
package import Rollout
package import SQL

/// Keeps this process's flags as they are in the database: told by NOTIFY, and looking by itself now and then.
///
/// While the database cannot be reached the flags stay as they were last known.
package final class FlagWatch {
  /// How often it looks without being told.
  private static let lookMilliseconds = 1_000
  private static let reconnectMilliseconds = 500

  private let store: ControlStore
  private let flags: FlagBox
  private let settings: ConnectionSettings
  private let loop: EventLoop
  private var isStopped = false

  package init(_ store: ControlStore, into flags: FlagBox, settings: ConnectionSettings, on loop: EventLoop) {
    self.store = store
    self.flags = flags
    self.settings = settings
    self.loop = loop
  }

  package func start() {
    loop.spawn { await self.listen() }
    loop.spawn { await self.lookNowAndThen() }
  }

  package func stop() { isStopped = true }

  /// Reads the flags now.
  package func refresh() async throws(DatabaseError) { flags.current = try await store.flagSet() }

  private func lookNowAndThen() async {
    while !isStopped {
      try? await refresh()
      await loop.sleep(milliseconds: Self.lookMilliseconds)
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
