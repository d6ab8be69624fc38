package import Migration
package import SQL

/// Makes a migration's new tables beside the old ones.
package struct Creation {
  private let migration: Migration
  private let database: any Database

  package init(_ migration: Migration, database: any Database) {
    self.migration = migration
    self.database = database
  }

  /// All or nothing. False: they exist already.
  package func run() async throws -> Bool {
    try await database.transaction { session in
      _ = try await session.query(Statement(file: PackageResources.creation_lock_sql))
      let known = try await session.query(
        Statement(file: PackageResources.dual_write_list_sql), [.text(migration.name)])
      guard known.isEmpty else { return false }
      for script in migration.expansion.create { try await session.run(script: script.text) }
      _ = try await session.query(Statement(file: PackageResources.migration_created_sql), [.text(migration.name)])
      return true
    }
  }
}
