import Migration
package import SQL

extension [OldRow] {
  /// Their tables, and their ids.
  package var binds: [Bind] { [.array(map(\.table)), .array(map(\.id))] }
}

extension Rows {
  /// From the first two columns.
  func oldRow(_ row: Int) -> OldRow {
    OldRow(table: string(row: row, column: 0) ?? "", id: integer(row: row, column: 1) ?? 0)
  }

  var oldRows: [OldRow] { (0..<count).map(oldRow) }
}
