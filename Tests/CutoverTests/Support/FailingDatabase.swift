import SQL

/// A database whose scoring transaction goes wrong at its n-th statement. It is the second one: the first asks what there
/// is to score.
final class FailingDatabase: Database {
  enum Manner: CaseIterable {
    /// The statement is not carried out; the transaction is still good.
    case refused
    /// The statement is carried out, and its answer lost.
    case unanswered
    /// The server refuses it, so that the transaction is aborted up to the last savepoint.
    case aborted
    /// The connection breaks.
    case disconnected
    /// No statement from here on is carried out.
    case refusedFromHereOn
  }

  private let database: any Database
  private let manner: Manner
  private let failing: Int
  private var transactions = 0
  /// Statements of the scoring transaction.
  fileprivate(set) var statements: [String] = []

  /// - Parameter failing: counted from 1.
  init(_ database: any Database, _ manner: Manner, at failing: Int) {
    self.database = database
    self.manner = manner
    self.failing = failing
  }

  func read(_ statements: [(Statement, [Bind])]) async throws(DatabaseError) -> [Rows] {
    try await database.read(statements)
  }

  func run(script: String) async throws(DatabaseError) { try await database.run(script: script) }

  func transaction<Result>(_ body: (any Session) async throws -> Result) async throws -> Result {
    transactions += 1
    guard transactions == 2 else { return try await database.transaction(body) }
    return try await database.transaction { try await body(FailingSession($0, self)) }
  }

  fileprivate func query(
    _ statement: Statement, _ binds: [Bind], in session: any Session
  ) async throws(DatabaseError) -> Rows {
    statements.append(statement.name ?? statement.text)
    let isFailing =
      switch manner {
      case .refusedFromHereOn: statements.count >= failing
      default: statements.count == failing
      }
    guard isFailing else { return try await session.query(statement, binds) }
    switch manner {
    case .refused, .refusedFromHereOn: break
    case .unanswered: _ = try await session.query(statement, binds)
    case .aborted: _ = try await session.query(Statement("SELECT 1 / 0"))
    case .disconnected: _ = try await session.query(Statement("SELECT pg_terminate_backend(pg_backend_pid())"))
    }
    throw DatabaseError(.refused(SQLState("XX000")), doing: "a failure on purpose")
  }
}

private struct FailingSession: Session {
  private let session: any Session
  private let database: FailingDatabase

  init(_ session: any Session, _ database: FailingDatabase) {
    self.session = session
    self.database = database
  }

  func query(_ statement: Statement, _ binds: [Bind]) async throws(DatabaseError) -> Rows {
    try await database.query(statement, binds, in: session)
  }

  func read(_ statements: [(Statement, [Bind])]) async throws(DatabaseError) -> [Rows] {
    var rows: [Rows] = []
    for (statement, binds) in statements { rows.append(try await query(statement, binds)) }
    return rows
  }

  func run(script: String) async throws(DatabaseError) {
    _ = try await database.query(Statement("SELECT 1"), [], in: session)
    try await session.run(script: script)
  }
}
