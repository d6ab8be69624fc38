/// The rows that a statement gave: every cell's text in one buffer.
package struct Rows: Sendable {
  /// How a column's text becomes JSON, decided by its PostgreSQL type.
  package enum Form: Sendable {
    /// Integers and `numeric`: the text is a JSON number.
    case number
    case boolean
    /// `json` and `jsonb`: the text is JSON.
    case json
    /// Everything else: a JSON string.
    case text

    /// - Parameter typeID: an OID of `pg_type`.
    package init(typeID: UInt32) {
      self =
        switch typeID {
        case 16: .boolean
        case 20, 21, 23, 1700: .number
        case 114, 3802: .json
        default: .text
        }
    }
  }

  package struct Column: Sendable {
    package let name: String
    package let form: Form

    package init(name: String, form: Form) {
      self.name = name
      self.form = form
    }
  }

  package let columns: [Column]
  /// Rows inserted, updated or deleted by a statement that gives none back; else the number of rows.
  package let affected: Int
  /// The text of all cells, row by row; `range` tells where each is.
  package let bytes: [UInt8]
  private let ends: [Int]

  /// - Parameters:
  ///   - bytes: the text of all cells, row by row.
  ///   - ends: where each cell ends in `bytes`; its bitwise complement where the cell is NULL.
  package init(columns: [Column], bytes: [UInt8], ends: [Int], affected: Int) {
    self.columns = columns
    self.bytes = bytes
    self.ends = ends
    self.affected = affected
  }

  package var count: Int { columns.isEmpty ? 0 : ends.count / columns.count }
  package var isEmpty: Bool { ends.isEmpty }

  package func isNull(row: Int, column: Int) -> Bool { ends[row * columns.count + column] < 0 }

  /// The cell's text; empty where it is NULL.
  package func cell(row: Int, column: Int) -> ArraySlice<UInt8> { bytes[range(row: row, column: column)] }

  package func string(row: Int, column: Int) -> String? {
    isNull(row: row, column: column) ? nil : String(decoding: cell(row: row, column: column), as: UTF8.self)
  }

  package func integer(row: Int, column: Int) -> Int? { string(row: row, column: column).flatMap { Int($0) } }

  package func boolean(row: Int, column: Int) -> Bool { string(row: row, column: column) == "t" }

  /// Where the cell's text is in `bytes`.
  package func range(row: Int, column: Int) -> Range<Int> {
    let index = row * columns.count + column
    let end = ends[index] < 0 ? ~ends[index] : ends[index]
    guard index > 0 else { return 0..<end }
    let start = ends[index - 1]
    return (start < 0 ? ~start : start)..<end
  }
}

extension Rows {
  /// An array of integers in the text form of PostgreSQL section 8.15.6; empty where it is NULL.
  package func integers(row: Int, column: Int) -> [Int] {
    (string(row: row, column: column) ?? "").dropFirst().dropLast().split(separator: ",").compactMap { Int($0) }
  }
}
