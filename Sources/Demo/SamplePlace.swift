import Migration
import SQL

/// Where sample data goes: old tables that the demo makes, and marks as its own.
struct SamplePlace {
  private let migration: Migration

  init(_ migration: Migration) { self.migration = migration }

  /// False: the sample is there already. Throws `NotEmpty` where there are tables of somebody else's.
  func isFree(in session: any Session) async throws -> Bool {
    let found = try await session.query(Statement(file: PackageResources.demo_found_sql), [.text(marked)])
    if found.boolean(row: 0, column: 1) { return false }
    if found.boolean(row: 0, column: 0) { throw NotEmpty() }
    return true
  }

  /// Makes the tables, in the caller's transaction.
  func prepare(in session: any Session) async throws(DatabaseError) {
    try await session.run(
      script: """
        CREATE SCHEMA IF NOT EXISTS \(migration.schema.quoted);
        \(migration.sample.oldSchema.text);
        COMMENT ON TABLE \(marked) IS 'Sample data of switchyard demo'
        """)
  }

  private var marked: String { migration.qualifiedOldTables[0] }
}

package struct NotEmpty: Error, CustomStringConvertible {
  package let description =
    "demo needs an empty database, and this one has tables that demo did not make; they stay as they are"
}
