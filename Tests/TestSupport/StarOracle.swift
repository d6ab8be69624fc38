/// What the new tables must hold, worked out from the old one once more: section 3 of the database contract as plain
/// SQL, one look at a row's neighbours at a time. Slow, and written without a look at the product's statements.
package enum StarOracle {
  /// Makes the views of the schema `oracle`, beside both schemas.
  /// - Parameter refused: a query that gives the ids of the wide rows that PostgreSQL does not take.
  package static func script(refused: String) -> String {
    """
    CREATE SCHEMA oracle;
    CREATE VIEW oracle.refused (id) AS \(refused);
    \(views)
    """
  }

  /// What is missing in the new tables, and what they hold too much; the binds are none.
  package static let differences = """
    SELECT 'missing' AS what, m.* FROM (TABLE oracle.expected EXCEPT ALL TABLE oracle.actual) m
    UNION ALL
    SELECT 'too much', m.* FROM (TABLE oracle.actual EXCEPT ALL TABLE oracle.expected) m
    """

  /// Old rows that are not copied and not on record, and the other way round.
  package static let skippedDifferences = """
    WITH recorded AS (SELECT s.id FROM switchyard.skipped_rows s WHERE s.migration = 'brand-metrics')
    SELECT 'not on record' AS what, m.id FROM (TABLE oracle.skipped EXCEPT ALL TABLE recorded) m
    UNION ALL
    SELECT 'wrongly on record', m.id FROM (TABLE recorded EXCEPT ALL TABLE oracle.skipped) m
    """

  private static let views = """
    CREATE FUNCTION oracle.fits(value NUMERIC) RETURNS boolean LANGUAGE sql IMMUTABLE AS
      $$ SELECT value IS NULL OR (value <> 'NaN' AND round(value, 2) > -1000 AND round(value, 2) < 1000) $$;
    CREATE FUNCTION oracle.is_label(value TEXT) RETURNS boolean LANGUAGE sql IMMUTABLE AS
      $$ SELECT value IS NULL OR value = 'POSITIVE' OR value = 'NEGATIVE' OR value = 'NEUTRAL' $$;
    CREATE FUNCTION oracle.sentences(value JSONB) RETURNS jsonb LANGUAGE sql IMMUTABLE AS
      $$ SELECT CASE WHEN value IS NULL OR value = 'null' THEN '[]' ELSE value END $$;
    -- The latest of its kind, and nothing it points to is gone.
    CREATE VIEW oracle.sound AS
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
      AND NOT EXISTS (SELECT FROM oracle.refused r WHERE r.id = e.id);
    CREATE VIEW oracle.brand_rows AS
    SELECT s.*
    FROM oracle.sound s
    WHERE s.competitor_name IS NULL AND oracle.fits(s.visibility_index) AND oracle.fits(s.share_of_answers_brand)
      AND oracle.fits(s.sentiment_score) AND oracle.is_label(s.sentiment_label);
    CREATE VIEW oracle.competitor_rows AS
    SELECT s.*
    FROM oracle.sound s
    JOIN oracle.brand_rows b ON b.collector_result_id = s.collector_result_id
    JOIN brand_competitors k ON k.brand_id = b.brand_id AND k.competitor_name = s.competitor_name
    WHERE oracle.fits(s.visibility_index_competitor) AND oracle.fits(s.share_of_answers_competitor)
      AND oracle.fits(s.sentiment_score_competitor) AND oracle.is_label(s.sentiment_label_competitor);
    CREATE VIEW oracle.skipped (id) AS
    SELECT e.id FROM extracted_positions e
    EXCEPT SELECT b.id FROM oracle.brand_rows b
    EXCEPT SELECT c.id FROM oracle.competitor_rows c;
    CREATE VIEW oracle.expected (table_name, key, member, content) AS
    SELECT 'metric_facts', b.collector_result_id, NULL::text, jsonb_build_array(
      b.brand_id, b.customer_id, b.query_id, b.collector_type, b.topic, b.processed_at, b.created_at, b.metadata)
    FROM oracle.brand_rows b
    UNION ALL
    SELECT 'brand_metrics', b.collector_result_id, NULL, jsonb_build_array(
      round(b.visibility_index, 2), round(b.share_of_answers_brand, 2), coalesce(b.has_brand_presence, false),
      b.brand_first_position, coalesce(b.brand_positions, '{}'), coalesce(b.total_brand_mentions, 0),
      coalesce(b.total_word_count, 0), coalesce(b.total_brand_mentions, 0))
    FROM oracle.brand_rows b
    UNION ALL
    SELECT 'brand_sentiment', b.collector_result_id, NULL, jsonb_build_array(
      b.sentiment_label, round(b.sentiment_score, 2), oracle.sentences(b.sentiment_positive_sentences),
      oracle.sentences(b.sentiment_negative_sentences))
    FROM oracle.brand_rows b
    WHERE b.sentiment_label IS NOT NULL OR b.sentiment_score IS NOT NULL
    UNION ALL
    SELECT 'competitor_metrics', c.collector_result_id, c.competitor_name, jsonb_build_array(
      round(c.visibility_index_competitor, 2), round(c.share_of_answers_competitor, 2),
      coalesce(c.competitor_positions, '{}'), coalesce(c.competitor_mentions, 0), coalesce(c.competitor_mentions, 0),
      c.competitor_positions[1], coalesce(c.competitor_mentions > 0, false))
    FROM oracle.competitor_rows c
    UNION ALL
    SELECT 'competitor_sentiment', c.collector_result_id, c.competitor_name, jsonb_build_array(
      c.sentiment_label_competitor, round(c.sentiment_score_competitor, 2),
      oracle.sentences(c.sentiment_positive_sentences_competitor),
      oracle.sentences(c.sentiment_negative_sentences_competitor))
    FROM oracle.competitor_rows c
    WHERE c.sentiment_label_competitor IS NOT NULL OR c.sentiment_score_competitor IS NOT NULL;
    CREATE VIEW oracle.actual (table_name, key, member, content) AS
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
    LEFT JOIN brand_competitors k ON k.id = m.competitor_id AND k.brand_id = f.brand_id;
    """
}
