package import JSON
package import SQL

extension JSONWriter {
  /// Members of an object from the cells of one row: column names are the names, column types decide the form.
  package mutating func members(of rows: Rows, row: Int, columns: [Int]) {
    for column in columns {
      key(rows.columns[column].name)
      if rows.isNull(row: row, column: column) {
        null()
        continue
      }
      let cell = rows.cell(row: row, column: column)
      switch rows.columns[column].form {
      case .number: verbatim(cell)
      case .json: compacting(cell)
      case .boolean: boolean(cell.first == UInt8(ascii: "t"))
      case .text: string(cell)
      }
    }
  }

  /// One row as an object.
  package mutating func object(of rows: Rows, row: Int) {
    beginObject()
    members(of: rows, row: row, columns: Array(rows.columns.indices))
    endObject()
  }

  /// Every row as an object, in an array.
  package mutating func array(of rows: Rows) {
    beginArray()
    for row in 0..<rows.count { object(of: rows, row: row) }
    endArray()
  }
}
