import Migration
import SQL

/// What `Parity.fingerprints` says of some keys.
struct Fingerprints {
  struct Table {
    let name: String
    let expectedRows: Int
    let actualRows: Int
    let rowsToWrite: Int
  }

  let tables: [Table]
  /// Keys of which at least one table says something else.
  let differing: Set<Int>
  /// Keys that have new rows, all of them right.
  let unchanged: Int

  init(_ rows: Rows) {
    var tables: [Table] = []
    var differing: Set<Int> = []
    for row in 0..<rows.count {
      tables.append(
        Table(
          name: rows.string(row: row, column: 0) ?? "", expectedRows: rows.integer(row: row, column: 1) ?? 0,
          actualRows: rows.integer(row: row, column: 2) ?? 0, rowsToWrite: rows.integer(row: row, column: 3) ?? 0))
      differing.formUnion(rows.integers(row: row, column: 4))
    }
    self.tables = tables
    self.differing = differing
    unchanged = rows.isEmpty ? 0 : rows.integer(row: 0, column: 5) ?? 0
  }
}
