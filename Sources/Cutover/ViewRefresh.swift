package import Migration
package import SQL

/// Refreshes a migration's view while readers go on.
package struct ViewRefresh {
  private let migration: Migration
  private let database: any Database

  package init(_ migration: Migration, database: any Database) {
    self.migration = migration
    self.database = database
  }

  /// True if something changed since the last refresh, or if there was none.
  package func isDue() async throws(DatabaseError) -> Bool {
    try await database.query(migration.view.isDue).boolean(row: 0, column: 0)
  }

  package func run() async throws {
    try await database.transaction { session in try await session.run(script: migration.view.refresh.text) }
  }
}
