package import Migration
package import SQL

/// Refreshes a migration's view, if it has one, while readers go on.
package struct ViewRefresh {
  private let view: RefreshedView?
  private let database: any Database

  package init(_ migration: Migration, database: any Database) {
    view = migration.view
    self.database = database
  }

  /// True if something changed since the last refresh, or if there was none.
  package func isDue() async throws(DatabaseError) -> Bool {
    guard let view else { return false }
    return try await database.query(view.isDue).boolean(row: 0, column: 0)
  }

  package func run() async throws {
    guard let view else { return }
    try await database.transaction { session in try await session.run(script: view.refresh.text) }
  }
}
