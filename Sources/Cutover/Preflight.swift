import EventLoop
package import Migration
package import SQL

/// What a migration will find, before anything is made. Only reads the old tables.
package struct Preflight {
  package struct Report: Sendable {
    /// Keys of the old tables.
    package var results = 0
    /// Old rows that will not be copied, and those that make the two schemas answer differently, by reason.
    package var explained: [String: Int] = [:]
    package var newRows: [String: Int] = [:]
    /// What the new tables and their indexes will take, about.
    package var bytes = 0
    /// How long the backfill will take, about.
    package var seconds = 0
  }

  package struct Row: Sendable, Equatable {
    package let row: OldRow
    package let key: Int
    package let reason: String
    package let isSkipped: Bool
  }

  private static let batchKeys = 2_000
  /// A backfill takes about this many times as long as judging and weighing what is to be written (2.7 measured with
  /// answers of some kB, 4.9 with next to none).
  private static let writingFactor = 3.5

  private let migration: Migration
  private let database: any Database

  package init(_ migration: Migration, database: any Database) {
    self.migration = migration
    self.database = database
  }

  /// - Parameters:
  ///   - found: gets each old row that has a reason to differ.
  ///   - progress: gets the number of keys that were looked at.
  package func run(found: (Row) -> Void, progress: (Int) -> Void = { _ in }) async throws -> Report {
    try await HiddenOldRows.refuse(migration, in: database)
    let began = EventLoop.monotonicNanoseconds
    var report = Report()
    for table in migration.newTables { report.newRows[table.name] = 0 }
    var last = Int.min
    while true {
      let next = try await database.query(migration.oldKeys, [.integer(last), .integer(Self.batchKeys)])
      let keys = (0..<next.count).compactMap { next.integer(row: $0, column: 0) }
      guard let end = keys.last else { break }
      let binds = [.array(keys)] + [OldRow]().binds
      let answers = try await database.read([
        (migration.parity.explained, binds), (migration.parity.newSizes, binds),
      ])
      for row in 0..<answers[0].count {
        let row = Row(answers[0], row)
        report.explained[row.reason, default: 0] += 1
        found(row)
      }
      for row in 0..<answers[1].count {
        report.newRows[answers[1].string(row: row, column: 0) ?? "", default: 0] +=
          answers[1].integer(row: row, column: 1) ?? 0
        report.bytes += answers[1].integer(row: row, column: 2) ?? 0
      }
      report.results += keys.count
      progress(report.results)
      last = end
    }
    let seconds = Double(EventLoop.monotonicNanoseconds - began) / 1e9
    report.seconds = Int((seconds * Self.writingFactor).rounded(.up))
    return report
  }
}

extension Preflight.Row {
  fileprivate init(_ rows: Rows, _ row: Int) {
    self.row = rows.oldRow(row)
    key = rows.integer(row: row, column: 2) ?? 0
    reason = rows.string(row: row, column: 3) ?? ""
    isSkipped = rows.boolean(row: row, column: 4)
  }
}
