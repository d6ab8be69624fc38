/// Statements that belong together, run on one connection.
package protocol Session {
  /// Runs one statement.
  func query(_ statement: Statement, _ binds: [Bind]) async throws(DatabaseError) -> Rows

  /// Runs statements one after the other in one round trip; the first that fails fails all.
  func read(_ statements: [(Statement, [Bind])]) async throws(DatabaseError) -> [Rows]

  /// Runs a text of several statements without binds, such as the making of tables.
  func run(script: String) async throws(DatabaseError)
}

extension Session {
  package func query(_ statement: Statement) async throws(DatabaseError) -> Rows { try await query(statement, []) }
}

/// A database as one loop sees it.
package protocol Database: Session {
  /// Runs statements one after the other in one round trip, as one implicit transaction; the first that fails
  /// fails all. Only for reads: it is tried once more when the connection is lost.
  func read(_ statements: [(Statement, [Bind])]) async throws(DatabaseError) -> [Rows]

  /// Runs `body` on a connection of its own, between BEGIN and COMMIT; rolls back if it throws.
  func transaction<Result>(_ body: (any Session) async throws -> Result) async throws -> Result

  /// Like it, for reads that are all of one moment. To begin costs no round trip: it goes with the first of them.
  func snapshot<Result>(_ body: (any Session) async throws -> Result) async throws -> Result
}

extension Database {
  package func snapshot<Result>(_ body: (any Session) async throws -> Result) async throws -> Result {
    try await transaction { session in
      _ = try await session.query(Statement("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
      return try await body(session)
    }
  }

  package func query(_ statement: Statement, _ binds: [Bind]) async throws(DatabaseError) -> Rows {
    try await read([(statement, binds)])[0]
  }
}
