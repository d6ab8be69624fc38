package import Migration
package import SQL

/// Old rows that statements of a session do not see, since a view stands before the old table. Only for statements that
/// are parsed anew: in prepared ones the table's name means the table.
package struct HiddenRows {
  private let table: String

  package init(_ migration: Migration) { table = migration.oldTable }

  /// - Parameter condition: gives a row where the old row `o` is not to be seen.
  func hide(_ condition: String, in session: any Session) async throws(DatabaseError) {
    try await session.run(
      script: "CREATE TEMP VIEW \(table) AS SELECT o.* FROM \(table) o WHERE NOT EXISTS (\(condition))")
  }

  package func show(in session: any Session) async throws(DatabaseError) {
    try await session.run(script: "DROP VIEW pg_temp.\(table)")
  }
}
