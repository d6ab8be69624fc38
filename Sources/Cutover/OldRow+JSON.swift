package import JSON
package import Migration

extension JSONWriter {
  /// An old row with its reason. The table is named where there are several.
  package mutating func append(_ row: OldRow, of migration: Migration, key value: Int? = nil, reason: String) {
    beginObject()
    if migration.oldTables.count > 1 {
      key("table")
      string(row.table)
    }
    key("id")
    integer(row.id)
    if let value {
      key(migration.keyName)
      integer(value)
    }
    key("reason")
    string(reason)
    endObject()
  }
}
