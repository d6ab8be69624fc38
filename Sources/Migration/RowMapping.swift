package import SQL

/// A migration whose SQL says which new rows old rows become; how they are copied, compared and followed is the same for
/// all such migrations, and comes from here.
///
/// A mapping is a list of common table expressions, each with a comma behind it. It reads the old rows of the keys
/// `$1 bigint[]`, may ask `refused (table_name, id)`, and gives
/// - `judged (table_name, id, key, reason, is_skipped)`: every old row of these keys; `reason` is NULL where there is
///   nothing to say of it, `is_skipped` tells whether it is copied all the same;
/// - `expected_<table>` for each new table: its rows for these keys, with all its columns, in their order and types; of a
///   shared table a column `for_key` before them, and a row for each key.
package struct RowMapping: Sendable {
  package struct Table: Sendable {
    package let name: String
    /// The primary key; its first column is the migration's key.
    package let identity: [String]
    package let others: [String]
    /// Its rows belong to no key: several keys want the same row, which follows from its identity. Copies add rows and
    /// never take one away. It stands before the tables that refer to it.
    package let isShared: Bool

    package init(_ name: String, identity: [String], others: [String], isShared: Bool = false) {
      self.name = name
      self.identity = identity
      self.others = others
      self.isShared = isShared
    }
  }

  let migration: String
  let schema: TableSchema
  let oldTables: [OldTable]
  /// Parents first.
  let tables: [Table]
  /// By which rows are copied.
  let mapping: String
  /// The same, written apart, by which they are compared: a mistake in one of them shows against the other.
  let check: String

  package init(
    of migration: String, in schema: TableSchema, oldTables: [OldTable], tables: [Table], mapping: Statement,
    check: Statement
  ) {
    self.migration = migration
    self.schema = schema
    self.oldTables = oldTables
    self.tables = tables
    self.mapping = mapping.text
    self.check = check.text
  }

  package var move: TableMove { TableMove(of: migration, copy: Statement(copy), rows: rows) }

  /// Both begin with what PostgreSQL refused.
  func with(_ mapping: String) -> String {
    """
    WITH refused (table_name, id) AS (
      SELECT r.table_name, r.id FROM unnest($2::text[], $3::bigint[]) r (table_name, id)),
    \(mapping)
    """
  }

  /// As if PostgreSQL had refused nothing.
  func withNoneRefused(_ mapping: String) -> String {
    """
    WITH refused (table_name, id) AS (SELECT NULL::text, NULL::bigint WHERE false),
    \(mapping)
    """
  }
}

extension RowMapping.Table {
  var key: String { isShared ? Self.forKey : identity[0] }

  private static let forKey = "for_key"
  var columns: [String] { identity + others }

  /// Columns of a row, such as `e.id, e.name`.
  func columns(_ columns: [String], of row: String) -> String {
    columns.map { "\(row).\($0)" }.joined(separator: ", ")
  }

  /// What tells a row from the others that are compared: its key first.
  var place: [String] { isShared ? [key] + identity : identity }

  func isAtSamePlace(_ one: String, _ other: String) -> String {
    place.map { "\(one).\($0) = \(other).\($0)" }.joined(separator: " AND ")
  }

  func isSame(_ one: String, _ other: String) -> String {
    identity.map { "\(one).\($0) = \(other).\($0)" }.joined(separator: " AND ")
  }
}
