package import SQL

/// How old rows become new rows, by the key that both have.
package struct TableMove: Sendable {
  /// `$1` is an array of keys, `$2` an array of ids of old rows that PostgreSQL refused before and that are left out:
  /// brings the new rows of these keys to what the old rows say now. Gives a count of rows written for each new
  /// table, and `unchanged`, the keys that had new rows, all of them right.
  package let copy: Statement
  /// `$1` is an array of keys: the ids of their old rows that are copied, parents first.
  package let rows: Statement
  /// `$1` is a key, `$2` a limit: the keys that come after it, in order.
  package let nextKeys: Statement
  /// The same for keys of old rows. Needs no new table.
  package let oldKeys: Statement
  /// How many keys there are up to the key `$1`.
  package let keyCount: Statement
  /// The highest key; NULL where there is none.
  package let lastKey: Statement
  /// `$1` is an array of keys: holds them, so that nobody else copies or writes them meanwhile.
  package let lock: Statement
  /// Run now and then, and when all is copied.
  package let analyze: Script

  package init(
    copy: Statement, rows: Statement, nextKeys: Statement, oldKeys: Statement, keyCount: Statement, lastKey: Statement,
    lock: Statement, analyze: Script
  ) {
    self.copy = copy
    self.rows = rows
    self.nextKeys = nextKeys
    self.oldKeys = oldKeys
    self.keyCount = keyCount
    self.lastKey = lastKey
    self.lock = lock
    self.analyze = analyze
  }
}
