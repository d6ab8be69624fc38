package import Migration
package import SQL

/// Tells the clock that watches who reads the old table which reads are our own maintenance.
package struct OwnScans {
  private let migration: Migration

  package init(_ migration: Migration) { self.migration = migration }

  /// Asks a question about the old table.
  package func query(
    _ statement: Statement, _ binds: [Bind] = [], in database: any Database
  ) async throws(DatabaseError) -> Rows {
    do {
      return try await database.transaction { session in
        try await session.beginMaintenance()
        let rows = try await session.query(statement, binds)
        try await record(in: session)
        return rows
      }
    } catch let error as DatabaseError { throw error } catch {
      preconditionFailure("a statement throws nothing else")
    }
  }

  /// Last in a transaction that has read the old table.
  package func record(in session: any Session) async throws(DatabaseError) {
    _ = try await session.query(
      Statement(file: PackageResources.own_scans_add_sql), [.text(migration.name), .text(migration.oldTable)])
  }
}
