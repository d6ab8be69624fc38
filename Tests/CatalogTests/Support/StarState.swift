/// Every column of every star row as JSON, and how two such states differ: read from the tables as they are, whatever
/// columns they have. JSON null is not SQL's NULL.
enum StarState {
  /// Keeps the present state for the transaction.
  static let remember = "CREATE TEMP TABLE star_before ON COMMIT DROP AS \(state)"

  /// The differences since then, in the form of `parity_differences`.
  static let differences = """
    WITH star_after AS (\(state))
    SELECT coalesce(b.table_name, a.table_name), coalesce(b.key, a.key), coalesce(b.member, a.member), c.name, c.old,
      c.new
    FROM star_before b
    FULL JOIN star_after a
      ON (a.table_name, a.key, a.competitor_id, a.copy) = (b.table_name, b.key, b.competitor_id, b.copy)
    CROSS JOIN LATERAL (
      SELECT NULL AS name, b.row::text AS old, a.row::text AS new WHERE a.key IS NULL OR b.key IS NULL
      UNION ALL
      SELECT o.key, o.value::text, n.value::text
      FROM jsonb_each(b.row) o JOIN jsonb_each(a.row) n ON n.key = o.key
      WHERE o.value <> n.value
      UNION ALL
      SELECT 'metadata', 'null', 'null' WHERE a.lacks_metadata <> b.lacks_metadata AND a.row -> 'metadata' = b.row -> 'metadata') c
    """

  private static let state = [
    part("metric_facts", of: "f", "FROM metric_facts f"),
    part("brand_metrics", of: "t", "FROM brand_metrics t JOIN metric_facts f ON f.id = t.metric_fact_id"),
    part("brand_sentiment", of: "t", "FROM brand_sentiment t JOIN metric_facts f ON f.id = t.metric_fact_id"),
    part("competitor_metrics", of: "t", "FROM competitor_metrics t JOIN metric_facts f ON f.id = t.metric_fact_id"),
    part("competitor_sentiment", of: "t", "FROM competitor_sentiment t JOIN metric_facts f ON f.id = t.metric_fact_id"),
  ].joined(separator: "\nUNION ALL\n")

  private static func part(_ table: String, of row: String, _ from: String) -> String {
    let isCompetitor = table.hasPrefix("competitor")
    let competitor = isCompetitor ? "t.competitor_id" : "0"
    let member = isCompetitor ? "(SELECT competitor_name FROM brand_competitors WHERE id = t.competitor_id)" : "NULL"
    return """
      SELECT '\(table)' AS table_name, f.collector_result_id AS key, \(competitor) AS competitor_id, \(member) AS member,
        row_number() OVER (PARTITION BY f.collector_result_id, \(competitor)) AS copy,
        (to_jsonb(\(row)) - 'id' - 'metric_fact_id')
          || jsonb_build_object('collector_result_id', f.collector_result_id) AS row,
        \(row == "f" ? "f.metadata IS NULL" : "false") AS lacks_metadata
      \(from)
      """
  }
}
