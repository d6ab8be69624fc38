package import SQL

/// How to tell that the new tables say what the old one says. Only reads, each statement on one snapshot.
package struct Parity: Sendable {
  /// `$1` is an array of keys, `$2` and `$3` the tables and ids of old rows that PostgreSQL refused: one row for each new table with
  /// `table_name`, `expected_rows`, `actual_rows`, `rows_to_write` (expected ones that are missing or different),
  /// `differing`, the keys whose fingerprints differ, and `unchanged`, the same in every row: how many keys have new
  /// rows in any table, all of them right.
  package let fingerprints: Statement
  /// The same binds: `table_name`, `key`, `member` (which of a key's rows in that table, as a person knows it; NULL
  /// where there is one), `column_name` (NULL: the whole row), `old` and `new` as JSON. In order.
  package let differences: Statement
  /// The same binds: `table_name` and `id` of an old row, `key`, `reason`, `is_skipped`: false where it is copied and the two
  /// schemas answer differently all the same, and then `subjects`, an array: about whom. In order. Needs no new table.
  package let explained: Statement
  /// The same binds: `table_name`, `new_rows`, `bytes`: what the keys will take in the new tables, about. Needs no new
  /// table.
  package let newSizes: Statement
  /// All subjects, in order.
  package let subjects: Statement
  /// `$1` is a subject: the keys of its old and its new rows.
  package let subjectKeys: Statement

  package init(
    fingerprints: Statement, differences: Statement, explained: Statement, newSizes: Statement,
    subjects: Statement, subjectKeys: Statement
  ) {
    self.fingerprints = fingerprints
    self.differences = differences
    self.explained = explained
    self.newSizes = newSizes
    self.subjects = subjects
    self.subjectKeys = subjectKeys
  }
}
