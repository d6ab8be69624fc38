package import SQL

/// How the old table goes, and comes back. Each script runs in a transaction of the engine's.
package struct Retirement: Sendable {
  package let archivedTable: String
  /// Makes a view of the old table's shape over the new tables, so that old SQL still gets answers. May run again.
  package let standIn: Script
  /// Renames the old table to `archivedTable` and the view to the old table's name. Readers wait for it.
  package let archive: Script
  /// Takes the archived table's indexes away, and remembers them. May run again.
  package let dropIndexes: Script
  /// Makes them as they were. May run again.
  package let createIndexes: Script
  /// The table under its old name; the view gone. Readers wait for it.
  package let restore: Script
  /// Takes the archived table away and nothing else.
  package let drop: Script
  /// `$1` is an array of keys: writes the old rows that the new rows have and the old table has not, or has
  /// otherwise. Gives `written`.
  package let writeBack: Statement
  /// `$1` is a key, `$2` a limit: the keys of new rows that come after it, in order.
  package let nextKeys: Statement
  /// Count and checksum of the old table's rows: `row_count`, `checksum`.
  package let checksum: Statement
  /// The same of the archived table.
  package let archivedChecksum: Statement

  package init(
    archivedTable: String, standIn: Script, archive: Script, dropIndexes: Script, createIndexes: Script,
    restore: Script,
    drop: Script, writeBack: Statement, nextKeys: Statement, checksum: Statement, archivedChecksum: Statement
  ) {
    self.archivedTable = archivedTable
    self.standIn = standIn
    self.archive = archive
    self.dropIndexes = dropIndexes
    self.createIndexes = createIndexes
    self.restore = restore
    self.drop = drop
    self.writeBack = writeBack
    self.nextKeys = nextKeys
    self.checksum = checksum
    self.archivedChecksum = archivedChecksum
  }
}
