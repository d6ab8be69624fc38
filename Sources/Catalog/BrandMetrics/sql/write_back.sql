-- name: write_back
-- takes: $1 bigint[] (collector results, which the caller has locked in an earlier statement)
-- gives: written bigint
-- why: the wide rows that the star rows stand for, where there are none or others. Deletes nothing; a wide row that
--      maps to its star rows is not touched. Where the fact has another cell than the brand's wide row had, the
--      competitors' wide rows follow. An update reaches every older duplicate that would else become the latest. The
--      record of the wide rows that are skipped follows.

WITH brand_rows AS MATERIALIZED (
  SELECT
    f.id AS fact_id, f.collector_result_id, f.brand_id, f.customer_id, f.query_id, f.collector_type, f.topic,
    f.processed_at, f.created_at, f.metadata,
    m.id IS NOT NULL AS has_metrics, m.visibility_index, m.share_of_answers, m.has_brand_presence,
    m.brand_first_position, m.brand_positions, m.total_brand_mentions, m.total_word_count,
    s.sentiment_label, s.sentiment_score, s.positive_sentences, s.negative_sentences,
    e.id AS wide_id,
    (e.brand_id, e.collector_type, date_trunc('day', e.processed_at, 'UTC'))
      IS DISTINCT FROM (f.brand_id, f.collector_type, date_trunc('day', f.processed_at, 'UTC')) AS is_moved,
    (e.brand_id, e.customer_id, e.query_id, e.collector_type, e.topic, e.processed_at, e.created_at, e.metadata)
      IS NOT DISTINCT FROM (f.brand_id, f.customer_id, f.query_id, f.collector_type, f.topic, f.processed_at,
        f.created_at, f.metadata)
    AND (m.id IS NULL OR (
      ROUND(e.visibility_index, 2), ROUND(e.share_of_answers_brand, 2), COALESCE(e.has_brand_presence, false),
      e.brand_first_position, COALESCE(e.brand_positions, '{}'), COALESCE(e.total_brand_mentions, 0),
      COALESCE(e.total_word_count, 0))
      IS NOT DISTINCT FROM (m.visibility_index, m.share_of_answers, m.has_brand_presence, m.brand_first_position,
        COALESCE(m.brand_positions, '{}'), m.total_brand_mentions, m.total_word_count))
    AND (e.sentiment_label, ROUND(e.sentiment_score, 2)) IS NOT DISTINCT FROM (s.sentiment_label, s.sentiment_score)
    AND (s.id IS NULL OR (
      COALESCE(NULLIF(e.sentiment_positive_sentences, 'null'), '[]'),
      COALESCE(NULLIF(e.sentiment_negative_sentences, 'null'), '[]'))
      = (COALESCE(s.positive_sentences, '[]'), COALESCE(s.negative_sentences, '[]'))) AS is_right
  FROM public.metric_facts f
  LEFT JOIN public.brand_metrics m ON m.metric_fact_id = f.id
  LEFT JOIN public.brand_sentiment s
    ON s.metric_fact_id = f.id AND (s.sentiment_label IS NOT NULL OR s.sentiment_score IS NOT NULL)
  LEFT JOIN LATERAL (
    SELECT
      l.id, l.brand_id, l.customer_id, l.query_id, l.collector_type, l.topic, l.processed_at, l.created_at, l.metadata,
      l.visibility_index, l.share_of_answers_brand, l.has_brand_presence, l.brand_first_position, l.brand_positions,
      l.total_brand_mentions, l.total_word_count, l.sentiment_label, l.sentiment_score,
      l.sentiment_positive_sentences, l.sentiment_negative_sentences
    FROM public.extracted_positions l
    WHERE l.collector_result_id = f.collector_result_id AND l.competitor_name IS NULL
    ORDER BY l.processed_at DESC, l.id DESC
    LIMIT 1) e ON true
  WHERE f.collector_result_id = ANY($1::bigint[])
),
competitor_rows AS MATERIALIZED (
  SELECT
    b.collector_result_id, b.brand_id, b.customer_id, b.query_id, b.collector_type, b.topic, b.processed_at,
    b.created_at, b.total_word_count, c.competitor_name, m.visibility_index, m.share_of_answers, m.competitor_positions,
    m.competitor_mentions, s.sentiment_label, s.sentiment_score, s.positive_sentences, s.negative_sentences,
    e.id AS wide_id,
    (NOT b.is_moved OR (e.brand_id, e.collector_type, date_trunc('day', e.processed_at, 'UTC'))
      IS NOT DISTINCT FROM (b.brand_id, b.collector_type, date_trunc('day', b.processed_at, 'UTC')))
    AND EXISTS (SELECT FROM public.brands o WHERE o.id = e.brand_id)
    AND EXISTS (SELECT FROM public.customers o WHERE o.id = e.customer_id)
    AND EXISTS (SELECT FROM public.generated_queries o WHERE o.id = e.query_id)
    AND (
      ROUND(e.visibility_index_competitor, 2), ROUND(e.share_of_answers_competitor, 2),
      COALESCE(e.competitor_positions, '{}'), COALESCE(e.competitor_mentions, 0))
      IS NOT DISTINCT FROM (m.visibility_index, m.share_of_answers, COALESCE(m.competitor_positions, '{}'),
        m.competitor_mentions)
    AND (e.sentiment_label_competitor, ROUND(e.sentiment_score_competitor, 2))
      IS NOT DISTINCT FROM (s.sentiment_label, s.sentiment_score)
    AND (s.id IS NULL OR (
      COALESCE(NULLIF(e.sentiment_positive_sentences_competitor, 'null'), '[]'),
      COALESCE(NULLIF(e.sentiment_negative_sentences_competitor, 'null'), '[]'))
      = (COALESCE(s.positive_sentences, '[]'), COALESCE(s.negative_sentences, '[]'))) AS is_right
  FROM brand_rows b
  JOIN public.competitor_metrics m ON m.metric_fact_id = b.fact_id
  JOIN public.brand_competitors c ON c.id = m.competitor_id AND c.brand_id = b.brand_id
  LEFT JOIN public.competitor_sentiment s
    ON s.metric_fact_id = m.metric_fact_id AND s.competitor_id = m.competitor_id
    AND (s.sentiment_label IS NOT NULL OR s.sentiment_score IS NOT NULL)
  LEFT JOIN LATERAL (
    SELECT
      l.id, l.brand_id, l.customer_id, l.query_id, l.collector_type, l.processed_at, l.visibility_index_competitor,
      l.share_of_answers_competitor, l.competitor_positions, l.competitor_mentions, l.sentiment_label_competitor,
      l.sentiment_score_competitor, l.sentiment_positive_sentences_competitor,
      l.sentiment_negative_sentences_competitor
    FROM public.extracted_positions l
    WHERE l.collector_result_id = b.collector_result_id AND l.competitor_name = c.competitor_name
    ORDER BY l.processed_at DESC, l.id DESC
    LIMIT 1) e ON true
),
new_rows AS (
  INSERT INTO public.extracted_positions (
    collector_result_id, brand_id, customer_id, query_id, collector_type, topic, raw_answer, brand_name,
    competitor_name, has_brand_presence, brand_first_position, brand_positions, competitor_positions,
    total_brand_mentions, competitor_mentions, total_word_count, visibility_index, visibility_index_competitor,
    share_of_answers_brand, share_of_answers_competitor, sentiment_label, sentiment_score,
    sentiment_positive_sentences, sentiment_negative_sentences, sentiment_label_competitor,
    sentiment_score_competitor, sentiment_positive_sentences_competitor, sentiment_negative_sentences_competitor,
    metadata, processed_at, created_at)
  SELECT
    b.collector_result_id, b.brand_id, b.customer_id, b.query_id, b.collector_type, b.topic, r.raw_answer, o.name,
    NULL, b.has_brand_presence, b.brand_first_position, b.brand_positions, NULL, b.total_brand_mentions, NULL,
    b.total_word_count, b.visibility_index, NULL, b.share_of_answers, NULL, b.sentiment_label, b.sentiment_score,
    b.positive_sentences, b.negative_sentences, NULL, NULL, NULL, NULL, b.metadata, b.processed_at, b.created_at
  FROM brand_rows b
  JOIN public.collector_results r ON r.id = b.collector_result_id
  JOIN public.brands o ON o.id = b.brand_id
  WHERE b.wide_id IS NULL
  UNION ALL
  SELECT
    c.collector_result_id, c.brand_id, c.customer_id, c.query_id, c.collector_type, c.topic, r.raw_answer, o.name,
    c.competitor_name, NULL, NULL, NULL, c.competitor_positions, NULL, c.competitor_mentions, c.total_word_count,
    NULL, c.visibility_index, NULL, c.share_of_answers, NULL, NULL, NULL, NULL, c.sentiment_label, c.sentiment_score,
    c.positive_sentences, c.negative_sentences, NULL, c.processed_at, c.created_at
  FROM competitor_rows c
  JOIN public.collector_results r ON r.id = c.collector_result_id
  JOIN public.brands o ON o.id = c.brand_id
  WHERE c.wide_id IS NULL
  RETURNING 1
),
changed_brand_rows AS (
  UPDATE public.extracted_positions t SET
    brand_id = b.brand_id, customer_id = b.customer_id, query_id = b.query_id, collector_type = b.collector_type,
    topic = b.topic, processed_at = b.processed_at, created_at = b.created_at, metadata = b.metadata,
    visibility_index = CASE WHEN b.has_metrics THEN b.visibility_index ELSE t.visibility_index END,
    share_of_answers_brand = CASE WHEN b.has_metrics THEN b.share_of_answers ELSE t.share_of_answers_brand END,
    has_brand_presence = CASE WHEN b.has_metrics THEN b.has_brand_presence ELSE t.has_brand_presence END,
    brand_first_position = CASE WHEN b.has_metrics THEN b.brand_first_position ELSE t.brand_first_position END,
    brand_positions = CASE WHEN b.has_metrics THEN b.brand_positions ELSE t.brand_positions END,
    total_brand_mentions = CASE WHEN b.has_metrics THEN b.total_brand_mentions ELSE t.total_brand_mentions END,
    total_word_count = CASE WHEN b.has_metrics THEN b.total_word_count ELSE t.total_word_count END,
    sentiment_label = b.sentiment_label, sentiment_score = b.sentiment_score,
    sentiment_positive_sentences = b.positive_sentences, sentiment_negative_sentences = b.negative_sentences
  FROM brand_rows b
  WHERE b.wide_id IS NOT NULL AND NOT b.is_right
    AND t.collector_result_id = b.collector_result_id AND t.competitor_name IS NULL
    AND (t.id = b.wide_id OR (t.processed_at, t.id) > (b.processed_at, b.wide_id))
  RETURNING t.id, t.collector_result_id
),
changed_competitor_rows AS (
  UPDATE public.extracted_positions t SET
    brand_id = c.brand_id, customer_id = c.customer_id, query_id = c.query_id, collector_type = c.collector_type,
    processed_at = c.processed_at, visibility_index_competitor = c.visibility_index,
    share_of_answers_competitor = c.share_of_answers, competitor_positions = c.competitor_positions,
    competitor_mentions = c.competitor_mentions, sentiment_label_competitor = c.sentiment_label,
    sentiment_score_competitor = c.sentiment_score, sentiment_positive_sentences_competitor = c.positive_sentences,
    sentiment_negative_sentences_competitor = c.negative_sentences
  FROM competitor_rows c
  WHERE c.wide_id IS NOT NULL AND NOT c.is_right
    AND t.collector_result_id = c.collector_result_id AND t.competitor_name = c.competitor_name
    AND (t.id = c.wide_id OR (t.processed_at, t.id) > (c.processed_at, c.wide_id))
  RETURNING t.id, t.collector_result_id, t.competitor_name
),
standing AS MATERIALIZED (
  -- the wide row of each star row, now the latest of its kind: of those that were changed to one moment the last
  SELECT b.wide_id AS id FROM brand_rows b WHERE b.is_right
  UNION ALL
  SELECT c.wide_id FROM competitor_rows c WHERE c.is_right
  UNION ALL
  SELECT max(b.id) FROM changed_brand_rows b GROUP BY b.collector_result_id
  UNION ALL
  SELECT max(c.id) FROM changed_competitor_rows c GROUP BY c.collector_result_id, c.competitor_name
),
not_skipped_any_more AS (
  DELETE FROM switchyard.skipped_rows s
  WHERE s.migration = 'brand-metrics' AND s.key = ANY($1::bigint[]) AND s.id IN (SELECT n.id FROM standing n)
),
skipped AS (
  INSERT INTO switchyard.skipped_rows (migration, table_name, id, key, reason)
  SELECT 'brand-metrics', 'extracted_positions', o.id, o.collector_result_id, 'older_duplicate'
  FROM (
    SELECT b.id, b.collector_result_id FROM changed_brand_rows b
    UNION ALL
    SELECT c.id, c.collector_result_id FROM changed_competitor_rows c) o
  WHERE o.id NOT IN (SELECT n.id FROM standing n)
  ON CONFLICT (migration, table_name, id) DO UPDATE SET reason = excluded.reason
)
SELECT
  (SELECT COUNT(*) FROM new_rows)
    + (SELECT COUNT(*) FROM changed_brand_rows)
    + (SELECT COUNT(*) FROM changed_competitor_rows) AS written
