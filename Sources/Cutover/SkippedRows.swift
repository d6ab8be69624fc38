package import Migration
package import SQL

/// The old rows that are not copied; where a backfill has judged them by table, and in order of their ids.
package struct SkippedRows {
  package struct Row: Sendable, Equatable {
    package let row: OldRow
    package let key: Int
    package let reason: String
  }

  private static let pageRows = 5_000
  private static let pageKeys = 2_000

  private let migration: Migration
  private let database: any Database
  private let isRehearsing: Bool

  /// - Parameter isRehearsing: judges the rows now, because no backfill has.
  package init(_ migration: Migration, database: any Database, isRehearsing: Bool = false) {
    self.migration = migration
    self.database = database
    self.isRehearsing = isRehearsing
  }

  /// Rows of a table with greater ids than `after`.
  package static func page(
    _ migration: Migration, table: String, after: Int, limit: Int, _ database: any Database
  ) async throws(DatabaseError) -> [Row] {
    let rows = try await database.query(
      Statement(file: PackageResources.skipped_list_sql),
      [.text(migration.name), .text(table), .integer(after), .integer(limit)])
    return (0..<rows.count).map { row in
      Row(
        row: OldRow(table: table, id: rows.integer(row: row, column: 0) ?? 0),
        key: rows.integer(row: row, column: 1) ?? 0, reason: rows.string(row: row, column: 2) ?? "")
    }
  }

  /// Brings what is on record of some keys to what their old rows are judged to be.
  /// - Parameter explained: of `Parity.explained`, for these keys.
  static func sync(
    _ migration: Migration, keys: [Int], explained: Rows, in session: any Session
  ) async throws(DatabaseError) {
    let skipped = (0..<explained.count).filter { explained.boolean(row: $0, column: 4) }
    _ = try await session.query(
      Statement(file: PackageResources.skipped_sync_sql),
      [
        .text(migration.name), .array(keys), .array(skipped.map { explained.oldRow($0).table }),
        .array(skipped.map { explained.oldRow($0).id }),
        .array(skipped.map { explained.integer(row: $0, column: 2) ?? 0 }),
        .array(skipped.map { explained.string(row: $0, column: 3) ?? "" }),
      ])
  }

  package func forEach(_ body: (Row) -> Void) async throws {
    if isRehearsing { return try await judge(body) }
    for table in migration.oldTables.map(\.name) {
      var last = Int.min
      while case let page = try await Self.page(migration, table: table, after: last, limit: Self.pageRows, database),
        let end = page.last
      {
        page.forEach(body)
        last = end.row.id
      }
    }
  }

  private func judge(_ body: (Row) -> Void) async throws {
    let scans = OwnScans(migration)
    var last = Int.min
    while true {
      let next = try await scans.query(
        migration.oldKeys, [.integer(last), .integer(Self.pageKeys)], in: database)
      let keys = (0..<next.count).compactMap { next.integer(row: $0, column: 0) }
      guard let end = keys.last else { return }
      let rows = try await scans.query(migration.parity.explained, [.array(keys)] + [OldRow]().binds, in: database)
      for row in 0..<rows.count where rows.boolean(row: row, column: 4) {
        body(
          Row(
            row: rows.oldRow(row), key: rows.integer(row: row, column: 2) ?? 0,
            reason: rows.string(row: row, column: 3) ?? ""))
      }
      last = end
    }
  }
}
