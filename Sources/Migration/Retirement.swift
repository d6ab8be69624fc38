package import SQL

/// What bringing the old tables back takes, and answering old SQL without them.
package struct Retirement: Sendable {
  /// Makes a view of each old table's shape over the new tables, under the name `OldTable.compatibilityView`, so that old SQL still
  /// gets answers. May run again. `Migration.compatibilityViews` adds what follows from the tables.
  package let compatibilityView: Script
  /// `$1` is an array of keys: writes the old rows that the new rows have and the old tables have not, or have
  /// otherwise. Gives `written`.
  package let writeBack: Statement

  package init(compatibilityView: Script, writeBack: Statement) {
    self.compatibilityView = compatibilityView
    self.writeBack = writeBack
  }
}
