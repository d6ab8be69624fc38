package import SQL

/// How the old table goes, and comes back. Each script runs in a transaction of the engine's.
package struct Retirement: Sendable {
  package let archivedTable: String
  /// Renames the old table to `archivedTable`, takes its indexes away, and puts a view of the old shape over the new
  /// tables in its place, so that old SQL still gets answers.
  package let archive: Script
  /// The way back: the table under its old name, with its indexes; the view gone.
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
    archivedTable: String, archive: Script, restore: Script, drop: Script, writeBack: Statement, nextKeys: Statement,
    checksum: Statement, archivedChecksum: Statement
  ) {
    self.archivedTable = archivedTable
    self.archive = archive
    self.restore = restore
    self.drop = drop
    self.writeBack = writeBack
    self.nextKeys = nextKeys
    self.checksum = checksum
    self.archivedChecksum = archivedChecksum
  }
}
