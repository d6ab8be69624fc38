import SQL

/// A database in whose transactions something happens after the n-th statement.
final class InterruptedDatabase: Database {
  private let database: any Database
  private let interlude: () async throws(DatabaseError) -> Void
  private var left: Int

  /// - Parameter place: counted from 1, over all transactions.
  init(_ database: any Database, after place: Int, _ interlude: @escaping () async throws(DatabaseError) -> Void) {
    self.database = database
    self.interlude = interlude
    left = place
  }

  /// False: there were not so many statements.
  var wasInterrupted: Bool { left <= 0 }

  func read(_ statements: [(Statement, [Bind])]) async throws(DatabaseError) -> [Rows] {
    try await database.read(statements)
  }

  func run(script: String) async throws(DatabaseError) { try await database.run(script: script) }

  func transaction<Result>(_ body: (any Session) async throws -> Result) async throws -> Result {
    try await database.transaction { try await body(InterruptedSession($0, self)) }
  }

  fileprivate func interrupt() async throws(DatabaseError) {
    left -= 1
    if left == 0 { try await interlude() }
  }
}

private struct InterruptedSession: Session {
  private let session: any Session
  private let database: InterruptedDatabase

  init(_ session: any Session, _ database: InterruptedDatabase) {
    self.session = session
    self.database = database
  }

  func query(_ statement: Statement, _ binds: [Bind]) async throws(DatabaseError) -> Rows {
    let rows = try await session.query(statement, binds)
    try await database.interrupt()
    return rows
  }

  func read(_ statements: [(Statement, [Bind])]) async throws(DatabaseError) -> [Rows] {
    var rows: [Rows] = []
    for (statement, binds) in statements { rows.append(try await query(statement, binds)) }
    return rows
  }

  func run(script: String) async throws(DatabaseError) { try await session.run(script: script) }
}
