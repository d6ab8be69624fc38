package import SQL

/// A transaction that takes strong locks without making a queue behind it: it waits a moment for each lock, gives up,
/// and tries again a little later.
package struct ShortLocks {
  /// A reader who comes meanwhile waits no longer than this.
  static let waitMillisecondsDefault = 8
  private static let attemptsMax = 600
  private static let pauseMilliseconds = 50...150

  private let database: any Database
  private let waitMilliseconds: Int
  private let sleep: (Int) async throws -> Void

  /// - Parameter sleep: between two attempts.
  package init(
    _ database: any Database, waitMilliseconds: Int = waitMillisecondsDefault,
    sleep: @escaping (Int) async throws -> Void
  ) {
    self.database = database
    self.waitMilliseconds = waitMilliseconds
    self.sleep = sleep
  }

  package func transaction<Result>(_ body: (any Session) async throws -> Result) async throws -> Result {
    var attempt = 1
    while true {
      do {
        return try await database.transaction { session in
          _ = try await session.query(Statement("SET LOCAL lock_timeout = \(waitMilliseconds)"))
          return try await body(session)
        }
      } catch let error as DatabaseError
        where (error.state == .lockNotAvailable || error.state == .deadlockDetected) && attempt < Self.attemptsMax
      {
        attempt += 1
        try await sleep(Int.random(in: Self.pauseMilliseconds))
      }
    }
  }
}
