import SQL

/// A database whose connection breaks at the end of one transaction.
final class ForgetfulDatabase: Database {
  enum Loss {
    /// The transaction has taken effect, and nobody says so.
    case answer
    /// It has not.
    case transaction
  }

  private let database: any Database
  private let loss: Loss
  private let statement: String
  private var left: Int

  /// - Parameters:
  ///   - count: which of the transactions that run the statement, counted from 1.
  ///   - statement: its name.
  init(_ database: any Database, losing loss: Loss, ofTransaction count: Int = 1, with statement: String) {
    self.database = database
    self.loss = loss
    self.statement = statement
    left = count
  }

  func read(_ statements: [(Statement, [Bind])]) async throws(DatabaseError) -> [Rows] {
    try await database.read(statements)
  }

  func run(script: String) async throws(DatabaseError) { try await database.run(script: script) }

  func transaction<Result>(_ body: (any Session) async throws -> Result) async throws -> Result {
    let watch = Watch(statement)
    let result = try await database.transaction { session in
      let result = try await body(WatchedSession(session, watch))
      if watch.wasRun { left -= 1 }
      if isLost(watch), loss == .transaction { throw DatabaseError(.connectionLost, doing: "COMMIT") }
      return result
    }
    if isLost(watch) { throw DatabaseError(.connectionLost, doing: "COMMIT") }
    return result
  }

  private func isLost(_ watch: Watch) -> Bool { left == 0 && watch.wasRun }
}

private final class Watch {
  let statement: String
  var wasRun = false

  init(_ statement: String) { self.statement = statement }
}

private struct WatchedSession: Session {
  private let session: any Session
  private let watch: Watch

  init(_ session: any Session, _ watch: Watch) {
    self.session = session
    self.watch = watch
  }

  func query(_ statement: Statement, _ binds: [Bind]) async throws(DatabaseError) -> Rows {
    if statement.name == watch.statement { watch.wasRun = true }
    return try await session.query(statement, binds)
  }

  func read(_ statements: [(Statement, [Bind])]) async throws(DatabaseError) -> [Rows] {
    var rows: [Rows] = []
    for (statement, binds) in statements { rows.append(try await query(statement, binds)) }
    return rows
  }

  func run(script: String) async throws(DatabaseError) { try await session.run(script: script) }
}
