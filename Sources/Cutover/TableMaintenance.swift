package import Migration
import SQL

/// Does what is due on a migration's new tables, while they are there and no step is being taken.
package struct TableMaintenance {
  private let migration: Migration
  private let locks: ShortLocks

  package init(_ migration: Migration, _ locks: ShortLocks) {
    self.migration = migration
    self.locks = locks
  }

  /// - Returns: what was done, by name; empty: nothing was due.
  package func run() async throws -> [(name: String, count: Int)] {
    guard let maintenance = migration.maintenance else { return [] }
    return try await locks.transaction { session in
      guard try await Phases(migration).hold(in: session) != .planned else { return [] }
      let rows = try await session.query(maintenance.statement, maintenance.binds)
      return rows.columns.enumerated().compactMap { column, name in
        rows.integer(row: 0, column: column).flatMap { $0 > 0 ? (name.name, $0) : nil }
      }
    }
  }
}
