package import Migration
package import SQL

/// Row-level security hides old rows from our role: what it cannot see it can neither copy nor compare.
package struct HiddenOldRows: Error, Equatable, CustomStringConvertible {
  let tables: String
  let role: String

  package var description: String {
    "row-level security may hide rows of \(tables) from role \(role): ALTER ROLE \(role) BYPASSRLS, or use the tables' owner and ALTER TABLE ... NO FORCE ROW LEVEL SECURITY"
  }

  /// Throws where rows of an old table, or of the archived one, may be hidden.
  package static func refuse(_ migration: Migration, in session: any Session) async throws {
    let names = migration.oldTables.flatMap { [$0.name, $0.archived] }.map(migration.schema.qualified)
    let rows = try await session.query(Statement(file: PackageResources.hidden_old_rows_sql), [.array(names)])
    guard let tables = rows.string(row: 0, column: 0) else { return }
    throw HiddenOldRows(tables: tables, role: rows.string(row: 0, column: 1) ?? "")
  }
}
