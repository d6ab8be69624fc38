package import Migration
package import SQL

/// The old rows that are not copied, in order of their ids where a backfill has judged them.
package struct SkippedRows {
  package struct Row: Sendable, Equatable {
    package let id: Int
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

  /// Rows with greater ids than `after`, as columns that the API shows.
  package static func page(
    _ migration: Migration, after: Int, limit: Int, _ database: any Database
  ) async throws(DatabaseError) -> Rows {
    try await database.query(
      Statement(file: PackageResources.skipped_list_sql), [.text(migration.name), .integer(after), .integer(limit)])
  }

  package func forEach(_ body: (Row) -> Void) async throws {
    if isRehearsing { return try await judge(body) }
    var last = Int.min
    while true {
      let rows = try await Self.page(migration, after: last, limit: Self.pageRows, database)
      guard !rows.isEmpty else { return }
      for row in 0..<rows.count { last = Self.tell(rows, row, body) }
    }
  }

  private func judge(_ body: (Row) -> Void) async throws {
    let scans = OwnScans(migration)
    var last = Int.min
    while true {
      let next = try await scans.query(
        migration.copy.oldKeys, [.integer(last), .integer(Self.pageKeys)], in: database)
      let keys = (0..<next.count).compactMap { next.integer(row: $0, column: 0) }
      guard let end = keys.last else { return }
      let rows = try await scans.query(
        migration.parity.explained, [.array(keys), .array([Int]())], in: database)
      for row in 0..<rows.count where rows.boolean(row: row, column: 3) { _ = Self.tell(rows, row, body) }
      last = end
    }
  }

  private static func tell(_ rows: Rows, _ row: Int, _ body: (Row) -> Void) -> Int {
    let id = rows.integer(row: row, column: 0) ?? 0
    body(
      Row(id: id, key: rows.integer(row: row, column: 1) ?? 0, reason: rows.string(row: row, column: 2) ?? ""))
    return id
  }
}
