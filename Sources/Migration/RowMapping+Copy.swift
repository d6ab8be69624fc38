import SQL

/// Bringing new rows to what old rows say.
extension RowMapping {
  /// Deletes what should not be there, updates what differs, inserts what is missing, and touches nothing else; keeps the
  /// record of the rows that are skipped.
  var copy: String {
    let changes = tables.map(changes(of:)).joined()
    let touched = tables.filter { !$0.isShared }.flatMap { table in
      ["gone", "changed", "new"].map { "SELECT t.\(table.key) AS key FROM \($0)_\(table.name) t" }
    }
    let counts = tables.map { table in
      """
      (SELECT count(*) FROM new_\(table.name)) + (SELECT count(*) FROM changed_\(table.name)) AS \(table.name),
      """
    }
    return """
      \(with(mapping))
      \(record)
      noted AS (\(TableMove.note(keysOf: migration))),
      \(changes)touched AS (\(touched.joined(separator: "\nUNION ALL ")))
      SELECT \(counts.joined(separator: "\n"))
        (SELECT count(DISTINCT e.\(tables[0].key)) FROM expected_\(tables[0].name) e
         WHERE e.\(tables[0].key) NOT IN (SELECT t.key FROM touched t)) AS unchanged
      """
  }

  private var record: String {
    """
    skipped AS (
      INSERT INTO switchyard.skipped_rows AS s (migration, table_name, id, key, reason)
      SELECT '\(migration)', j.table_name, j.id, j.key, j.reason FROM judged j WHERE j.is_skipped
      ON CONFLICT (migration, table_name, id) DO UPDATE SET key = excluded.key, reason = excluded.reason
      WHERE (s.key, s.reason) IS DISTINCT FROM (excluded.key, excluded.reason)),
    not_skipped_any_more AS (
      DELETE FROM switchyard.skipped_rows s
      WHERE s.migration = '\(migration)' AND s.key = ANY ($1::bigint[])
        AND (s.table_name, s.id) NOT IN (SELECT j.table_name, j.id FROM judged j WHERE j.is_skipped)),
    """
  }

  /// By their bytes, as they are compared: 1.0 and 1.00 in JSON are another row, although they are equal. NOT IN, of columns
  /// that are never NULL, reads the rows once, however few the planner expects.
  private func changes(of table: Table) -> String {
    table.isShared ? sharedChanges(of: table) : ownChanges(of: table)
  }

  /// Rows that are there are held, so that nobody takes them away before the copy refers to them. Two copies that add the
  /// same rows do so in one order.
  private func sharedChanges(of table: Table) -> String {
    let (name, columns) = (schema.qualified(table.name), table.columns.joined(separator: ", "))
    let wanted = "SELECT DISTINCT \(table.columns(table.columns, of: "e")) FROM expected_\(table.name) e"
    let identity = table.columns(table.identity, of: "e")
    let (others, given) = (table.columns(table.others, of: "t"), table.columns(table.others, of: "w"))
    return """
      held_\(table.name) AS MATERIALIZED (
        SELECT \(table.columns(table.identity, of: "t")) FROM \(name) t
        WHERE (\(table.columns(table.identity, of: "t"))) IN (SELECT \(identity) FROM expected_\(table.name) e)
        FOR KEY SHARE OF t),
      changed_\(table.name) AS (
        UPDATE \(name) t SET \(table.others.map { "\($0) = w.\($0)" }.joined(separator: ", "))
        FROM (\(wanted)) w
        WHERE \(table.isSame("t", "w")) AND ROW(\(others))::record *<> ROW(\(given))::record
        RETURNING \(table.columns(table.identity, of: "t"))),
      new_\(table.name) AS (
        INSERT INTO \(name) (\(columns))
        SELECT \(table.columns(table.columns, of: "w")) FROM (\(wanted)) w
        WHERE (\(table.columns(table.identity, of: "w"))) NOT IN (
          SELECT \(table.columns(table.identity, of: "h")) FROM held_\(table.name) h)
        ORDER BY \(table.columns(table.identity, of: "w"))
        ON CONFLICT (\(table.identity.joined(separator: ", "))) DO NOTHING
        RETURNING \(table.identity.joined(separator: ", "))),

      """
  }

  private func ownChanges(of table: Table) -> String {
    let name = schema.qualified(table.name)
    let expected = "expected_\(table.name)"
    let (others, wanted) = (table.columns(table.others, of: "t"), table.columns(table.others, of: "e"))
    return """
      gone_\(table.name) AS (
        DELETE FROM \(name) t
        WHERE t.\(table.key) = ANY ($1::bigint[])
          AND (\(table.columns(table.identity, of: "t"))) NOT IN (
            SELECT \(table.columns(table.identity, of: "e")) FROM \(expected) e)
        RETURNING t.\(table.key)),
      changed_\(table.name) AS (
        UPDATE \(name) t SET \(table.others.map { "\($0) = e.\($0)" }.joined(separator: ", "))
        FROM \(expected) e
        WHERE \(table.isSame("t", "e")) AND ROW(\(others))::record *<> ROW(\(wanted))::record
        RETURNING t.\(table.key)),
      new_\(table.name) AS (
        INSERT INTO \(name) (\(table.columns.joined(separator: ", ")))
        SELECT \(table.columns(table.columns, of: "e")) FROM \(expected) e
        WHERE NOT EXISTS (SELECT FROM \(name) t WHERE \(table.isSame("t", "e")))
        RETURNING \(table.key)),

      """
  }

  /// In the order in which one depends on another.
  var rows: Statement {
    let order = oldTables.map { "'\($0.name)'" }.joined(separator: ", ")
    return Statement(
      """
      \(withNoneRefused(check))
      copied AS (
        SELECT j.table_name, j.id, array_position(ARRAY[\(order)], j.table_name) AS place
        FROM judged j
        WHERE NOT j.is_skipped)
      SELECT c.table_name, c.id FROM copied c ORDER BY c.place, c.id
      """)
  }
}
