package import Migration
package import SQL

/// A transaction that takes strong locks without making a queue behind it: it waits a moment for each lock, gives up,
/// lets others pass, and tries again a little later.
package struct ShortLocks {
  /// Whom the step waits for.
  package struct Holder: Sendable, Equatable, CustomStringConvertible {
    package let pid: Int
    let backendType: String
    let state: String
    let seconds: Int
    let query: String

    package var description: String {
      let work = query.isEmpty ? "" : ": \(query)"
      return "pid \(pid), \(state.isEmpty ? backendType : state), transaction \(seconds) s old\(work)"
    }

    var isAutovacuum: Bool { backendType == "autovacuum worker" }
  }

  /// The locks were not to be had in time.
  package struct TimedOut: Error, CustomStringConvertible {
    let seconds: Int
    let holders: [Holder]

    package var description: String {
      let blame =
        holders.isEmpty
        ? "others that came and went" : holders.map { "\($0)" }.joined(separator: "; ")
      return
        "waited \(seconds) s for locks held by \(blame). Nothing was changed: end these transactions, or run it again"
    }
  }

  /// A reader or writer who comes meanwhile waits no longer than this.
  static let waitMillisecondsDefault = 8
  /// Autovacuum yields to a waiter after `deadlock_timeout`, a second as PostgreSQL is delivered.
  private static let waitMillisecondsForAutovacuum = 1_500
  static let secondsMaxDefault = 60
  private static let pauseMilliseconds = 50...150
  /// Attempts between two looks at who holds the locks.
  private static let attemptsPerLook = 5

  private let migration: Migration
  private let database: any Database
  private let waitMilliseconds: Int
  private let secondsMax: Int
  private let stopsReaders: Bool
  private let sleep: (Int) async throws -> Void
  private let waiting: ([Holder]) -> Void

  /// - Parameters:
  ///   - stopsReaders: readers of the old tables hold what is waited for.
  ///   - waiting: gets the holders of the locks now and then.
  ///   - sleep: between two attempts.
  package init(
    _ migration: Migration, _ database: any Database, waitMilliseconds: Int = waitMillisecondsDefault,
    secondsMax: Int = secondsMaxDefault, stopsReaders: Bool = true, waiting: @escaping ([Holder]) -> Void = { _ in },
    sleep: @escaping (Int) async throws -> Void
  ) {
    self.migration = migration
    self.database = database
    self.waitMilliseconds = waitMilliseconds
    self.secondsMax = secondsMax
    self.stopsReaders = stopsReaders
    self.waiting = waiting
    self.sleep = sleep
  }

  package func transaction<Result>(_ body: (any Session) async throws -> Result) async throws -> Result {
    let began = ContinuousClock.now
    var attempts = 0
    var holders: [Holder] = []
    while true {
      let wait = holders.contains(where: \.isAutovacuum) ? Self.waitMillisecondsForAutovacuum : waitMilliseconds
      do {
        let result = try await database.transaction { session in
          _ = try await session.query(Statement("SET LOCAL lock_timeout = \(wait)"))
          return try await body(session)
        }
        waiting([])
        return result
      } catch let error as DatabaseError where error.state == .lockNotAvailable || error.state == .deadlockDetected {
        if attempts % Self.attemptsPerLook == 0 {
          holders = try await self.holders()
          waiting(holders)
        }
        attempts += 1
        let waited = Int((ContinuousClock.now - began).components.seconds)
        guard waited < secondsMax else { throw TimedOut(seconds: waited, holders: holders) }
        try await sleep(Int.random(in: Self.pauseMilliseconds))
      }
    }
  }

  private func holders() async throws(DatabaseError) -> [Holder] {
    let tables = migration.oldTables.flatMap { [$0.name, $0.archived] } + migration.newTables.map(\.name)
    let rows = try await database.query(
      Statement(file: PackageResources.lock_holders_sql),
      [.array(tables.map(migration.schema.qualified)), .text(migration.name), .boolean(stopsReaders)])
    return (0..<rows.count).map { row in
      Holder(
        pid: rows.integer(row: row, column: 0) ?? 0, backendType: rows.string(row: row, column: 1) ?? "",
        state: rows.string(row: row, column: 2) ?? "", seconds: rows.integer(row: row, column: 3) ?? 0,
        query: rows.string(row: row, column: 4) ?? "")
    }
  }
}
