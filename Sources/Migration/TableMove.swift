package import SQL

/// How old rows become new rows, by the key that both have.
package struct TableMove: Sendable {
  /// `$1` is an array of keys, `$2` and `$3` arrays of the tables and ids of old rows that PostgreSQL refused before and
  /// that are skipped: brings the new rows of these keys to what the old rows say now. Gives a count of rows written for
  /// each new table, and `unchanged`, the keys that had new rows, all of them right.
  package let copy: Statement
  /// `$1` is an array of keys: `table_name` and `id` of their old rows that are copied, parents first.
  package let rows: Statement
  /// `$1` is an array of keys: locks them, so that nobody else copies them until the transaction ends.
  package let lock: Statement

  package init(of migration: String, copy: Statement, rows: Statement) {
    self.copy = copy
    self.rows = rows
    lock = Self.lock(of: migration)
  }

  /// Locks that stand for many keys each, so that a large batch takes few; in order, so that two callers never wait for
  /// each other. Transactions that copy single keys share them and lock the key itself.
  private static func lock(of migration: String) -> Statement {
    Statement(
      """
      SELECT count(*) FILTER (WHERE pg_advisory_xact_lock(\(lockSpace(of: migration)), s.stripe) IS NOT NULL) AS locked
      FROM (SELECT DISTINCT \(stripe("k.key")) AS stripe FROM unnest($1::bigint[]) k (key) ORDER BY 1) s
      """)
  }

  /// Part of each copying statement: its keys are compared again before a step relies on a verification.
  static func note(keysOf migration: String) -> String {
    """
    INSERT INTO switchyard.changed_keys (migration, key)
    SELECT '\(migration)', k.key FROM unnest($1::bigint[]) k (key) WHERE switchyard.notes_changes('\(migration)')
    """
  }

  static func lockSpace(of migration: String) -> String { "hashtext('switchyard.\(migration)')" }

  private static let stripes = 256

  static func stripe(_ key: String) -> String { "abs(\(key) % \(stripes))::integer" }
}
