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

  /// - Parameter rows: gives `table_name` and `id` of the rows that are not to be seen. They are put down once, so that
  ///   leaving them out is a join.
  func hide(_ rows: Statement, _ binds: [Bind] = [], in session: any Session) async throws(DatabaseError) {
    try await session.run(
      script: "CREATE TEMP TABLE left_out (table_name TEXT, id BIGINT, PRIMARY KEY (id, table_name)) ON COMMIT DROP")
    _ = try await session.query(Statement("INSERT INTO pg_temp.left_out (table_name, id) \(rows.text)"), binds)
    let views = tables.map { table in
      """
      CREATE TEMP VIEW \(table) AS
      SELECT o.* FROM \(schema.qualified(table)) o
      WHERE NOT EXISTS (SELECT FROM pg_temp.left_out l WHERE l.table_name = '\(table)' AND l.id = o.id);
      """
    }
    try await session.run(script: "ANALYZE pg_temp.left_out;\(views.joined())")
  }

  /// The statement as it is asked while rows are hidden.
  package func without(_ statement: Statement) -> Statement {
    Statement(
      tables.reduce(statement.text) { $0.replacing(name: schema.qualified($1), with: "pg_temp.\($1)") })
  }

  package func show(in session: any Session) async throws(DatabaseError) {
    let views = tables.map { "pg_temp.\($0)" }.joined(separator: ", ")
    try await session.run(script: "DROP VIEW \(views); DROP TABLE pg_temp.left_out")
  }
}
