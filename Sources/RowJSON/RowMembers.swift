import JSON
package import SQL

/// Some columns of a result as members of JSON objects: column names are the names, column types decide the form.
package struct RowMembers {
  fileprivate struct Member {
    let column: Int
    let form: Rows.Form
    /// Where its name is in `names`, with quotes and colon.
    let name: Range<Int>
  }

  fileprivate let members: [Member]
  fileprivate let names: [UInt8]

  /// - Parameter isShown: by the column's name; nil: every column.
  package init(_ rows: Rows, where isShown: ((String) -> Bool)? = nil) {
    var members: [Member] = []
    var names: [UInt8] = []
    for (index, column) in rows.columns.enumerated() where isShown?(column.name) ?? true {
      var json = JSONWriter()
      json.key(column.name)
      let encoded = json.finish()
      members.append(Member(column: index, form: column.form, name: names.count..<names.count + encoded.count))
      names += encoded
    }
    self.members = members
    self.names = names
  }
}

extension JSONWriter {
  package mutating func members(_ shown: RowMembers, of rows: Rows, row: Int) {
    let names = shown.names.span
    let text = rows.bytes.span
    for member in shown.members {
      key(encoded: names.extracting(member.name))
      if rows.isNull(row: row, column: member.column) {
        null()
        continue
      }
      let cell = text.extracting(rows.range(row: row, column: member.column))
      switch member.form {
      case .number: verbatim(cell)
      case .json: compacting(cell)
      case .boolean: boolean(cell[0] == UInt8(ascii: "t"))
      case .text: string(cell)
      }
    }
  }

  /// One row as an object.
  package mutating func object(of rows: Rows, row: Int) {
    beginObject()
    members(RowMembers(rows), of: rows, row: row)
    endObject()
  }

  /// Every row as an object, in an array.
  package mutating func array(of rows: Rows) {
    let shown = RowMembers(rows)
    beginArray()
    for row in 0..<rows.count {
      beginObject()
      members(shown, of: rows, row: row)
      endObject()
    }
    endArray()
  }
}
