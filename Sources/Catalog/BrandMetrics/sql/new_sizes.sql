-- name: new_sizes
-- takes: $1 bigint[] (collector results), $2 text[] and $3 bigint[] (tables and ids of wide rows
--        that PostgreSQL refused)
-- gives: table_name text, new_rows bigint, bytes bigint
-- why: how many rows the new tables will have for these results, and about how many bytes with their indexes. A row is
--      its values and 40 bytes of its own; the number added is what its index entries take, measured on sample data.

WITH refused (id) AS (SELECT r.id FROM unnest($2::text[], $3::bigint[]) r (table_name, id)),
-- include: judged_rows
sizes AS (
  SELECT
    1 AS place, 'metric_facts' AS table_name,
    210 + pg_column_size(ROW(
      b.collector_result_id, b.brand_id, b.customer_id, b.query_id, b.collector_type, b.topic, b.processed_at,
      b.created_at, b.metadata)) AS bytes
  FROM judged_brand_rows b
  WHERE b.reason IS NULL
  UNION ALL
  SELECT 2, 'brand_metrics', 90 + pg_column_size(ROW(b.visibility_index, b.share_of_answers_brand, b.brand_positions)) + 32
  FROM judged_brand_rows b
  WHERE b.reason IS NULL
  UNION ALL
  SELECT
    3, 'competitor_metrics',
    130 + pg_column_size(ROW(c.visibility_index_competitor, c.share_of_answers_competitor, c.competitor_positions)) + 32
  FROM judged_competitor_rows c
  WHERE c.reason IS NULL
  UNION ALL
  SELECT
    4, 'brand_sentiment',
    90 + pg_column_size(ROW(
      b.sentiment_label, b.sentiment_score, b.sentiment_positive_sentences, b.sentiment_negative_sentences))
  FROM judged_brand_rows b
  WHERE b.reason IS NULL AND (b.sentiment_label IS NOT NULL OR b.sentiment_score IS NOT NULL)
  UNION ALL
  SELECT
    5, 'competitor_sentiment',
    120 + pg_column_size(ROW(
      c.sentiment_label_competitor, c.sentiment_score_competitor, c.sentiment_positive_sentences_competitor,
      c.sentiment_negative_sentences_competitor))
  FROM judged_competitor_rows c
  WHERE c.reason IS NULL AND (c.sentiment_label_competitor IS NOT NULL OR c.sentiment_score_competitor IS NOT NULL)
)
SELECT s.table_name, COUNT(*) AS new_rows, SUM(s.bytes + 16)::bigint AS bytes
FROM sizes s
GROUP BY s.place, s.table_name
ORDER BY s.place
