package import Migration
package import SQL

/// Tells the clock that watches who reads the old tables which reads are our own maintenance.
package struct OwnScans {
  private let migration: Migration

  package init(_ migration: Migration) { self.migration = migration }

  /// Asks a question about the old tables.
  package func query(
    _ statement: Statement, _ binds: [Bind] = [], in database: any Database
  ) async throws(DatabaseError) -> Rows {
    do {
      return try await transaction(database) { session in
        try await session.beginMaintenance()
        return try await session.query(statement, binds)
      }
    } catch let error as DatabaseError { throw error } catch {
      preconditionFailure("a statement throws nothing else")
    }
  }

  /// A transaction that reads the old tables.
  package func transaction<Result>(
    _ database: any Database, _ body: (any Session) async throws -> Result
  ) async throws -> Result {
    try await database.transaction { session in
      try await begin(in: session)
      let result = try await body(session)
      try await record(in: session)
      return result
    }
  }

  /// One of which all reads are of one moment.
  package func snapshot<Result>(
    _ database: any Database, _ body: (any Session) async throws -> Result
  ) async throws -> Result {
    try await database.transaction { session in
      _ = try await session.query(Statement("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
      try await begin(in: session)
      let result = try await body(session)
      try await record(in: session)
      return result
    }
  }

  private func begin(in session: any Session) async throws(DatabaseError) {
    _ = try await session.query(
      Statement(file: PackageResources.own_scans_begin_sql), [.array(Self.tables(of: migration))])
  }

  private func record(in session: any Session) async throws(DatabaseError) {
    _ = try await session.query(
      Statement(file: PackageResources.own_scans_add_sql),
      [.text(migration.name), .array(Self.tables(of: migration))])
  }

  /// Under both names that they may have.
  private static func tables(of migration: Migration) -> [String] {
    migration.qualifiedOldTables + migration.oldTables.map { migration.schema.qualified($0.archived) }
  }
}
