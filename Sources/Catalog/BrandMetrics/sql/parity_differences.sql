-- name: parity_differences
-- takes: $1 bigint[] (collector results), $2 text[] and $3 bigint[] (tables and ids of wide rows
--        that PostgreSQL refused)
-- gives: table_name text, key bigint, member text, column_name text, old json, new json
-- why: every value of every star row that is not what the mapping gives; and rows that one side only has, whole,
--      without a column's name

WITH refused (id) AS (SELECT r.id FROM unnest($2::text[], $3::bigint[]) r (table_name, id)),
-- include: judged_rows
-- include: star_rows
differing AS (
  SELECT
    1 AS place, 'metric_facts' AS table_name, COALESCE(e.collector_result_id, a.collector_result_id) AS key,
    NULL::integer AS competitor_id, e.collector_result_id IS NULL OR a.collector_result_id IS NULL AS is_alone,
    to_jsonb(e) - 'copy' AS old, to_jsonb(a) - 'copy' AS new,
    ARRAY[
      CASE WHEN e.brand_id IS DISTINCT FROM a.brand_id THEN 'brand_id' END,
      CASE WHEN e.customer_id IS DISTINCT FROM a.customer_id THEN 'customer_id' END,
      CASE WHEN e.query_id IS DISTINCT FROM a.query_id THEN 'query_id' END,
      CASE WHEN e.collector_type IS DISTINCT FROM a.collector_type THEN 'collector_type' END,
      CASE WHEN e.topic IS DISTINCT FROM a.topic THEN 'topic' END,
      CASE WHEN e.processed_at IS DISTINCT FROM a.processed_at THEN 'processed_at' END,
      CASE WHEN e.created_at IS DISTINCT FROM a.created_at THEN 'created_at' END,
      CASE WHEN e.metadata IS DISTINCT FROM a.metadata THEN 'metadata' END
    ] AS columns
  FROM expected_facts e
  FULL JOIN actual_facts a ON a.collector_result_id = e.collector_result_id AND a.copy = e.copy
  WHERE e IS DISTINCT FROM a
  UNION ALL
  SELECT
    2, 'brand_metrics', COALESCE(e.collector_result_id, a.collector_result_id),
    NULL, e.collector_result_id IS NULL OR a.collector_result_id IS NULL, to_jsonb(e) - 'copy', to_jsonb(a) - 'copy',
    ARRAY[
      CASE WHEN e.visibility_index IS DISTINCT FROM a.visibility_index THEN 'visibility_index' END,
      CASE WHEN e.share_of_answers IS DISTINCT FROM a.share_of_answers THEN 'share_of_answers' END,
      CASE WHEN e.has_brand_presence IS DISTINCT FROM a.has_brand_presence THEN 'has_brand_presence' END,
      CASE WHEN e.brand_first_position IS DISTINCT FROM a.brand_first_position THEN 'brand_first_position' END,
      CASE WHEN e.brand_positions IS DISTINCT FROM a.brand_positions THEN 'brand_positions' END,
      CASE WHEN e.total_brand_mentions IS DISTINCT FROM a.total_brand_mentions THEN 'total_brand_mentions' END,
      CASE WHEN e.total_word_count IS DISTINCT FROM a.total_word_count THEN 'total_word_count' END,
      CASE WHEN e.product_mentions IS DISTINCT FROM a.product_mentions THEN 'product_mentions' END
    ]
  FROM expected_brand_metrics e
  FULL JOIN actual_brand_metrics a ON a.collector_result_id = e.collector_result_id AND a.copy = e.copy
  WHERE e IS DISTINCT FROM a
  UNION ALL
  SELECT
    3, 'competitor_metrics', COALESCE(e.collector_result_id, a.collector_result_id),
    COALESCE(e.competitor_id, a.competitor_id), e.collector_result_id IS NULL OR a.collector_result_id IS NULL, to_jsonb(e) - 'copy', to_jsonb(a) - 'copy',
    ARRAY[
      CASE WHEN e.visibility_index IS DISTINCT FROM a.visibility_index THEN 'visibility_index' END,
      CASE WHEN e.share_of_answers IS DISTINCT FROM a.share_of_answers THEN 'share_of_answers' END,
      CASE WHEN e.competitor_positions IS DISTINCT FROM a.competitor_positions THEN 'competitor_positions' END,
      CASE WHEN e.competitor_mentions IS DISTINCT FROM a.competitor_mentions THEN 'competitor_mentions' END,
      CASE WHEN e.product_mentions IS DISTINCT FROM a.product_mentions THEN 'product_mentions' END,
      CASE WHEN e.first_position IS DISTINCT FROM a.first_position THEN 'first_position' END,
      CASE WHEN e.has_presence IS DISTINCT FROM a.has_presence THEN 'has_presence' END
    ]
  FROM expected_competitor_metrics e
  FULL JOIN actual_competitor_metrics a
    ON a.collector_result_id = e.collector_result_id AND a.competitor_id = e.competitor_id AND a.copy = e.copy
  WHERE e IS DISTINCT FROM a
  UNION ALL
  SELECT
    4, 'brand_sentiment', COALESCE(e.collector_result_id, a.collector_result_id),
    NULL, e.collector_result_id IS NULL OR a.collector_result_id IS NULL, to_jsonb(e) - 'copy', to_jsonb(a) - 'copy',
    ARRAY[
      CASE WHEN e.sentiment_label IS DISTINCT FROM a.sentiment_label THEN 'sentiment_label' END,
      CASE WHEN e.sentiment_score IS DISTINCT FROM a.sentiment_score THEN 'sentiment_score' END,
      CASE WHEN e.positive_sentences IS DISTINCT FROM a.positive_sentences THEN 'positive_sentences' END,
      CASE WHEN e.negative_sentences IS DISTINCT FROM a.negative_sentences THEN 'negative_sentences' END
    ]
  FROM expected_brand_sentiment e
  FULL JOIN actual_brand_sentiment a ON a.collector_result_id = e.collector_result_id AND a.copy = e.copy
  WHERE e IS DISTINCT FROM a
  UNION ALL
  SELECT
    5, 'competitor_sentiment', COALESCE(e.collector_result_id, a.collector_result_id),
    COALESCE(e.competitor_id, a.competitor_id), e.collector_result_id IS NULL OR a.collector_result_id IS NULL, to_jsonb(e) - 'copy', to_jsonb(a) - 'copy',
    ARRAY[
      CASE WHEN e.sentiment_label IS DISTINCT FROM a.sentiment_label THEN 'sentiment_label' END,
      CASE WHEN e.sentiment_score IS DISTINCT FROM a.sentiment_score THEN 'sentiment_score' END,
      CASE WHEN e.positive_sentences IS DISTINCT FROM a.positive_sentences THEN 'positive_sentences' END,
      CASE WHEN e.negative_sentences IS DISTINCT FROM a.negative_sentences THEN 'negative_sentences' END
    ]
  FROM expected_competitor_sentiment e
  FULL JOIN actual_competitor_sentiment a
    ON a.collector_result_id = e.collector_result_id AND a.competitor_id = e.competitor_id AND a.copy = e.copy
  WHERE e IS DISTINCT FROM a
),
named AS (
  SELECT d.place, d.table_name, d.key, d.competitor_id, 0 AS column_place, NULL AS column_name, d.old, d.new
  FROM differing d
  WHERE d.is_alone
  UNION ALL
  SELECT
    d.place, d.table_name, d.key, d.competitor_id, c.place, c.name, d.old -> c.name, d.new -> c.name
  FROM differing d
  CROSS JOIN LATERAL unnest(d.columns) WITH ORDINALITY AS c (name, place)
  WHERE NOT d.is_alone AND c.name IS NOT NULL
)
SELECT
  n.table_name,
  n.key,
  CASE WHEN n.competitor_id IS NOT NULL THEN COALESCE(
    (SELECT k.competitor_name FROM public.brand_competitors k WHERE k.id = n.competitor_id),
    n.competitor_id::text) END AS member,
  n.column_name,
  n.old::json AS old,
  n.new::json AS new
FROM named n
ORDER BY n.key, n.place, n.competitor_id, n.column_place
