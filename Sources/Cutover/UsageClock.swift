package import Migration
package import SQL

/// How long nobody has read the old tables: neither our services nor anybody else.
package struct UsageClock {
  private let migration: Migration
  private let database: any Database

  package init(_ migration: Migration, database: any Database) {
    self.migration = migration
    self.database = database
  }

  /// Takes a sample; several processes may, one at a time does.
  package func sample() async throws {
    try await database.transaction { session in
      let phase = try await Phases(migration).current(in: session)
      guard phase != .dropped else { return }
      let held = try await session.query(Statement(file: PackageResources.usage_hold_sql), [.text(migration.name)])
      guard held.boolean(row: 0, column: 0) else { return }
      let counters = try await session.query(
        Statement(file: PackageResources.usage_counters_sql),
        [.array(migration.oldTables.map { migration.schema.qualified(phase == .archived ? $0.archived : $0.name) })])
      guard !counters.isEmpty, let scans = counters.integer(row: 0, column: 0) else { return }
      _ = try await session.query(
        Statement(file: PackageResources.usage_sample_sql),
        [.text(migration.name), .integer(scans), counters.integer(row: 0, column: 1).map { .integer($0) } ?? .null])
    }
  }
}
