import SQL

/// A database whose first read waits for a gate, and that counts reads which failed.
final class WatchedDatabase: Database {
  private let database: any Database
  private var isGated: Bool
  private var gate: CheckedContinuation<Void, Never>?
  private(set) var failureCount = 0

  init(_ database: any Database, isGated: Bool) {
    self.database = database
    self.isGated = isGated
  }

  var isWaitingAtGate: Bool { gate != nil }

  func openGate() { gate?.resume() }

  func read(_ statements: [(Statement, [Bind])]) async throws(DatabaseError) -> [Rows] {
    if isGated {
      isGated = false
      await withCheckedContinuation { gate = $0 }
    }
    do { return try await database.read(statements) } catch {
      failureCount += 1
      throw error
    }
  }

  func run(script: String) async throws(DatabaseError) { try await database.run(script: script) }

  func transaction<Result>(_ body: (any Session) async throws -> Result) async throws -> Result {
    try await database.transaction(body)
  }
}
