package import Migration
package import SQL

/// Fills an empty database with a migration's old tables and the sample data that comes with it.
package struct SampleFill {
  private let migration: Migration
  private let fill: Statement
  private let scale: Int

  /// nil: its sample is not made by SQL.
  package init?(_ migration: Migration, scale: Int) {
    guard let fill = migration.sample.fill else { return nil }
    self.migration = migration
    self.fill = fill
    self.scale = scale
  }

  /// All or nothing. False: the sample is there already.
  package func run(in database: any Database) async throws -> Bool {
    try await database.transaction { session in
      let place = SamplePlace(migration)
      guard try await place.isFree(in: session) else { return false }
      try await place.prepare(in: session)
      _ = try await session.query(fill, [.integer(scale)])
      _ = try await session.query(Statement("ANALYZE \(migration.qualifiedOldTables.joined(separator: ", "))"))
      return true
    }
  }
}
