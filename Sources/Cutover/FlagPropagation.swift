package import EventLoop
package import SQL

/// A change of flags on its way to every process that serves.
///
/// A process acknowledges with the snapshot by which it read the flags it obeys; PostgreSQL tells whether that snapshot
/// saw the change. Whoever does not acknowledge obeys old flags no longer than its lease: then it reads old.
package struct FlagPropagation {
  /// The transaction that made a change.
  package struct Change: Sendable {
    let transaction: String

    init(of session: any Session) async throws(DatabaseError) {
      transaction =
        try await session.query(Statement(file: PackageResources.transaction_id_sql)).string(row: 0, column: 0) ?? ""
    }
  }

  package struct Outcome: Sendable, Equatable {
    /// Processes that obey the change.
    package var acknowledged: [String] = []
    /// Processes that read old, since they could not be reached, or that are gone.
    package var lapsed: [String] = []
    /// Processes that may still obey what was before; only after `waitMillisecondsMax`.
    package var unknown: [String] = []

    package init(acknowledged: [String] = [], lapsed: [String] = [], unknown: [String] = []) {
      self.acknowledged = acknowledged
      self.lapsed = lapsed
      self.unknown = unknown
    }
  }

  /// How long a process obeys what it knows without asking again.
  static let leaseMilliseconds = 5_000
  private static let lookMilliseconds = 3
  /// A lease that is renewed by flags as they were before the change, and then runs out.
  private static let waitMillisecondsMax = 2 * leaseMilliseconds

  private let database: any Database
  private let loop: EventLoop

  package init(_ database: any Database, on loop: EventLoop) {
    self.database = database
    self.loop = loop
  }

  /// Suspends until no process may obey what was before the change.
  package func wait(for change: Change) async throws(DatabaseError) -> Outcome {
    let deadline = ContinuousClock.now + .milliseconds(Self.waitMillisecondsMax)
    var waitedFor: Set<String> = []
    while true {
      let rows = try await database.query(
        Statement(file: PackageResources.process_acknowledgements_sql), [.text(change.transaction)])
      var outcome = Outcome()
      for row in 0..<rows.count {
        let process = rows.string(row: row, column: 0) ?? ""
        if rows.boolean(row: row, column: 1) {
          if rows.boolean(row: row, column: 2) { outcome.acknowledged.append(process) }
        } else if rows.boolean(row: row, column: 2), ProcessName(process)?.hasEnded != true {
          outcome.unknown.append(process)
          waitedFor.insert(process)
        } else if waitedFor.contains(process) {
          outcome.lapsed.append(process)
        }
      }
      if outcome.unknown.isEmpty || ContinuousClock.now >= deadline { return outcome }
      await loop.sleep(milliseconds: Self.lookMilliseconds)
    }
  }
}
