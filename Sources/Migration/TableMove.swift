package import SQL

/// How old rows become new rows, by the key that both have.
package struct TableMove: Sendable {
  /// `$1` is an array of keys, `$2` and `$3` arrays of the tables and ids of old rows that PostgreSQL refused before and
  /// that are skipped: brings the new rows of these keys to what the old rows say now. Gives a count of rows written for
  /// each new table, and `unchanged`, the keys that had new rows, all of them right.
  package let copy: Statement
  /// `$1` is an array of keys: `table_name` and `id` of their old rows that are copied, parents first.
  package let rows: Statement
  /// `$1` is an array of keys: holds them, so that nobody else copies or writes them meanwhile.
  package let lock: Statement

  package init(copy: Statement, rows: Statement, lock: Statement) {
    self.copy = copy
    self.rows = rows
    self.lock = lock
  }
}
