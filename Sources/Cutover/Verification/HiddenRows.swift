package import Migration
package import SQL

/// Old rows that some statements of a session do not see: views in the session's own schema stand for the old tables.
package struct HiddenRows: Sendable {
  private let schema: TableSchema
  private let tables: [String]

  package init(_ migration: Migration) {
    schema = migration.schema
    tables = migration.oldTables.map(\.name)
  }

  /// - Parameter condition: given a table's name, SQL that gives a row where the table's row `o` is not to be seen.
  func hide(in session: any Session, _ condition: (String) -> String) async throws(DatabaseError) {
    let views = tables.map { table in
      """
      CREATE TEMP VIEW \(table) AS
      SELECT o.* FROM \(schema.qualified(table)) o WHERE NOT EXISTS (\(condition(table)));
      """
    }
    try await session.run(script: views.joined())
  }

  /// The statement as it is asked while rows are hidden.
  package func without(_ statement: Statement) -> Statement {
    Statement(
      tables.reduce(statement.text) { $0.replacing(name: schema.qualified($1), with: "pg_temp.\($1)") })
  }

  package func show(in session: any Session) async throws(DatabaseError) {
    try await session.run(script: "DROP VIEW \(tables.map { "pg_temp.\($0)" }.joined(separator: ", "))")
  }
}
