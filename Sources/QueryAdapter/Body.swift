import JSON
import Migration
import RowJSON
import SQL

/// Writes a body from rows: the subject's columns, the echoed parameters, then the sections. Column names are
/// the keys, column types decide the form.
enum Body {
  static func needsRepair(_ subject: Rows) -> Bool {
    guard let column = subject.columns.firstIndex(where: { $0.name == Subject.needsRepairColumn }) else {
      return false
    }
    return subject.boolean(row: 0, column: column)
  }

  static func write(subject: Rows, rows: Rows, _ question: Question) -> [UInt8] {
    var json = JSONWriter(reserving: 1_024 + rows.bytes.count * 4)
    json.beginObject()
    json.members(RowMembers(subject) { $0 != Subject.needsRepairColumn }, of: subject, row: 0)
    json.members(of: question.echo)
    var row = 0
    for section in question.endpoint.sections {
      row = write(section, of: rows, from: row, to: &json)
    }
    precondition(row == rows.count, "every row belongs to a section, in the sections' order")
    json.endObject()
    return json.finish()
  }

  /// - Returns: the row after the section's last.
  private static func write(_ section: Section, of rows: Rows, from first: Int, to json: inout JSONWriter) -> Int {
    let name = Array(section.name.utf8)[...]
    let sectionColumn = rows.columns[0].name
    let shown = RowMembers(rows) { $0 != sectionColumn && section.columns?.contains($0) ?? true }
    json.key(section.name)
    if case .array = section.form { json.beginArray() }
    var row = first
    while row < rows.count, rows.cell(row: row, column: 0) == name {
      json.beginObject()
      json.members(shown, of: rows, row: row)
      json.endObject()
      row += 1
    }
    if case .array = section.form { json.endArray() } else { precondition(row == first + 1, "an object is one row") }
    return row
  }
}
