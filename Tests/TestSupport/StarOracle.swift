/// What the new tables must hold, worked out from the old one once more: section 3 of the database contract as plain
/// SQL, one look at a row's neighbours at a time, written without a look at the product's statements.
package enum StarOracle {
  /// What is missing in the new tables and in the record of the rows that are skipped, and what these hold too much,
  /// on one snapshot: `what`, `table_name`, `key`, `member`, `content`.
  /// - Parameters:
  ///   - refused: a query that gives the ids of the old rows that PostgreSQL does not take.
  ///   - condition: which keys are looked at.
  package static func differences(
    refused: String = "SELECT 0::bigint WHERE false", where condition: String = "true"
  ) -> String {
    """
    WITH sound AS MATERIALIZED (
      -- the latest of its kind, and nothing it points to is gone
      SELECT e.*
      FROM extracted_positions e
      WHERE NOT EXISTS (
          SELECT FROM extracted_positions later
          WHERE later.collector_result_id = e.collector_result_id
            AND later.competitor_name IS NOT DISTINCT FROM e.competitor_name
            AND (later.processed_at > e.processed_at OR (later.processed_at = e.processed_at AND later.id > e.id)))
        AND EXISTS (SELECT FROM brands b WHERE b.id = e.brand_id)
        AND EXISTS (SELECT FROM customers c WHERE c.id = e.customer_id)
        AND EXISTS (SELECT FROM generated_queries q WHERE q.id = e.query_id)
        AND EXISTS (SELECT FROM collector_results r WHERE r.id = e.collector_result_id)
        AND e.id NOT IN (\(refused))
    ), brand_rows AS MATERIALIZED (
      SELECT s.*
      FROM sound s
      WHERE s.competitor_name IS NULL AND \(fits("visibility_index")) AND \(fits("share_of_answers_brand"))
        AND \(fits("sentiment_score")) AND \(isLabel("sentiment_label"))
    ), competitor_rows AS MATERIALIZED (
      SELECT s.*
      FROM sound s
      JOIN brand_rows b ON b.collector_result_id = s.collector_result_id
      JOIN brand_competitors k ON k.brand_id = b.brand_id AND k.competitor_name = s.competitor_name
      WHERE \(fits("visibility_index_competitor")) AND \(fits("share_of_answers_competitor"))
        AND \(fits("sentiment_score_competitor")) AND \(isLabel("sentiment_label_competitor"))
    ), expected (table_name, key, member, content) AS MATERIALIZED (\(expected)
    ), actual (table_name, key, member, content) AS MATERIALIZED (\(actual)
    )
    SELECT 'missing' AS what, m.* FROM (TABLE expected EXCEPT ALL TABLE actual) m WHERE \(condition)
    UNION ALL
    SELECT 'too much', m.* FROM (TABLE actual EXCEPT ALL TABLE expected) m WHERE \(condition)
    """
  }

  private static func fits(_ column: String) -> String {
    "(s.\(column) IS NULL OR (s.\(column) <> 'NaN' AND round(s.\(column), 2) > -1000 AND round(s.\(column), 2) < 1000))"
  }

  private static func isLabel(_ column: String) -> String {
    "(s.\(column) IS NULL OR s.\(column) = 'POSITIVE' OR s.\(column) = 'NEGATIVE' OR s.\(column) = 'NEUTRAL')"
  }

  private static func sentences(_ column: String) -> String {
    "CASE WHEN \(column) IS NULL OR \(column) = 'null' THEN '[]' ELSE \(column) END"
  }

  private static let expected = """

      SELECT 'metric_facts', b.collector_result_id, NULL::text, jsonb_build_array(
        b.brand_id, b.customer_id, b.query_id, b.collector_type, b.topic, b.processed_at, b.created_at, b.metadata)
      FROM brand_rows b
      UNION ALL
      SELECT 'brand_metrics', b.collector_result_id, NULL, jsonb_build_array(
        round(b.visibility_index, 2), round(b.share_of_answers_brand, 2), coalesce(b.has_brand_presence, false),
        b.brand_first_position, coalesce(b.brand_positions, '{}'), coalesce(b.total_brand_mentions, 0),
        coalesce(b.total_word_count, 0), coalesce(b.total_brand_mentions, 0))
      FROM brand_rows b
      UNION ALL
      SELECT 'brand_sentiment', b.collector_result_id, NULL, jsonb_build_array(
        b.sentiment_label, round(b.sentiment_score, 2), \(sentences("b.sentiment_positive_sentences")),
        \(sentences("b.sentiment_negative_sentences")))
      FROM brand_rows b
      WHERE b.sentiment_label IS NOT NULL OR b.sentiment_score IS NOT NULL
      UNION ALL
      SELECT 'competitor_metrics', c.collector_result_id, c.competitor_name, jsonb_build_array(
        round(c.visibility_index_competitor, 2), round(c.share_of_answers_competitor, 2),
        coalesce(c.competitor_positions, '{}'), coalesce(c.competitor_mentions, 0), coalesce(c.competitor_mentions, 0),
        c.competitor_positions[1], coalesce(c.competitor_mentions > 0, false))
      FROM competitor_rows c
      UNION ALL
      SELECT 'competitor_sentiment', c.collector_result_id, c.competitor_name, jsonb_build_array(
        c.sentiment_label_competitor, round(c.sentiment_score_competitor, 2),
        \(sentences("c.sentiment_positive_sentences_competitor")),
        \(sentences("c.sentiment_negative_sentences_competitor")))
      FROM competitor_rows c
      WHERE c.sentiment_label_competitor IS NOT NULL OR c.sentiment_score_competitor IS NOT NULL
      UNION ALL
      SELECT 'skipped_rows', e.collector_result_id, e.id::text, NULL
      FROM extracted_positions e
      WHERE e.id NOT IN (SELECT b.id FROM brand_rows b) AND e.id NOT IN (SELECT c.id FROM competitor_rows c)
    """

  private static let actual = """

      SELECT 'metric_facts', f.collector_result_id, NULL::text, jsonb_build_array(
        f.brand_id, f.customer_id, f.query_id, f.collector_type, f.topic, f.processed_at, f.created_at, f.metadata)
      FROM metric_facts f
      UNION ALL
      SELECT 'brand_metrics', f.collector_result_id, NULL, jsonb_build_array(
        m.visibility_index, m.share_of_answers, m.has_brand_presence, m.brand_first_position, m.brand_positions,
        m.total_brand_mentions, m.total_word_count, m.product_mentions)
      FROM brand_metrics m LEFT JOIN metric_facts f ON f.id = m.metric_fact_id
      UNION ALL
      SELECT 'brand_sentiment', f.collector_result_id, NULL, jsonb_build_array(
        m.sentiment_label, m.sentiment_score, m.positive_sentences, m.negative_sentences)
      FROM brand_sentiment m LEFT JOIN metric_facts f ON f.id = m.metric_fact_id
      UNION ALL
      SELECT 'competitor_metrics', f.collector_result_id, k.competitor_name, jsonb_build_array(
        m.visibility_index, m.share_of_answers, m.competitor_positions, m.competitor_mentions, m.product_mentions,
        m.first_position, m.has_presence)
      FROM competitor_metrics m
      LEFT JOIN metric_facts f ON f.id = m.metric_fact_id
      LEFT JOIN brand_competitors k ON k.id = m.competitor_id AND k.brand_id = f.brand_id
      UNION ALL
      SELECT 'competitor_sentiment', f.collector_result_id, k.competitor_name, jsonb_build_array(
        m.sentiment_label, m.sentiment_score, m.positive_sentences, m.negative_sentences)
      FROM competitor_sentiment m
      LEFT JOIN metric_facts f ON f.id = m.metric_fact_id
      LEFT JOIN brand_competitors k ON k.id = m.competitor_id AND k.brand_id = f.brand_id
      UNION ALL
      SELECT 'skipped_rows', s.key, s.id::text, NULL
      FROM switchyard.skipped_rows s
      WHERE s.migration = 'brand-metrics'
    """
}
