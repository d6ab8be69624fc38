package import SQL

/// A materialized view that readers complete with what changed since its last refresh.
package struct RefreshedView: Sendable {
  package let name: String
  /// Tells whether anything changed since the last refresh.
  package let isDue: Statement
  /// How much changed since the last refresh, and the seconds since that; NULL where there was none.
  package let backlog: Statement
  /// Run in a transaction of its own; it sees to it that one refresh runs at a time.
  package let refresh: Script
  /// `$1` is an array of subjects: where clean cells are not what the new tables say. Columns as of
  /// `Parity.differences`, `key` being NULL and `member` the cell.
  package let differences: Statement

  package init(name: String, isDue: Statement, backlog: Statement, refresh: Script, differences: Statement) {
    self.name = name
    self.isDue = isDue
    self.backlog = backlog
    self.refresh = refresh
    self.differences = differences
  }
}
