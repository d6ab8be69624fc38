-- name: score_insert.new
-- takes: $1 json rows, $2 boolean backdated
-- gives: metric_facts bigint, brand_metrics bigint, competitor_metrics bigint, brand_sentiment bigint,
--        competitor_sentiment bigint
-- why: the star rows of scored results, without wide rows: those that score_insert and then the copy would give.
--      CTEs are never joined to each other: a plan made for few results is good for many.
WITH scored AS (
  SELECT
    r.id AS collector_result_id, r.brand_id, r.customer_id, r.query_id, r.collector_type, r.topic,
    CASE WHEN $2::boolean THEN r.created_at ELSE now() END AS processed_at,
    s.competitor, c.id AS competitor_id,
    COALESCE(s.positions, '{}') AS positions, COALESCE(s.mentions, 0) AS mentions, COALESCE(s.words, 0) AS words,
    ROUND(s.visibility, 2) AS visibility, ROUND(s.share, 2) AS share, s.label, ROUND(s.score, 2) AS score,
    COALESCE(NULLIF(s.positive, 'null'), '[]') AS positive, COALESCE(NULLIF(s.negative, 'null'), '[]') AS negative
  FROM json_to_recordset($1::json) AS s (
    id bigint, competitor text, positions integer[], mentions integer, words integer, visibility numeric, share numeric,
    label text, score numeric, positive jsonb, negative jsonb)
  JOIN public.collector_results r ON r.id = s.id
  LEFT JOIN public.brand_competitors c ON c.brand_id = r.brand_id AND c.competitor_name = s.competitor
  WHERE NOT EXISTS (SELECT FROM public.metric_facts f WHERE f.collector_result_id = r.id OFFSET 0)
),
mapped AS (
  -- what the copy would skip
  SELECT
    s.collector_result_id, s.brand_id, s.customer_id, s.query_id, s.collector_type, s.topic, s.processed_at,
    s.competitor, s.competitor_id, s.positions, s.mentions, s.words, s.visibility, s.share, s.label, s.score,
    s.positive, s.negative,
    CASE WHEN s.competitor IS NULL THEN nextval('public.metric_facts_id_seq') END AS new_fact_id
  FROM scored s
  WHERE COALESCE(abs(s.visibility) < 1000, true)
    AND COALESCE(abs(s.share) < 1000, true)
    AND COALESCE(abs(s.score) < 1000, true)
    AND COALESCE(s.label IN ('POSITIVE', 'NEGATIVE', 'NEUTRAL'), true)
    AND (s.competitor IS NULL OR s.competitor_id IS NOT NULL)
),
placed AS MATERIALIZED (
  -- the brand's row comes first; without it a result has no fact
  SELECT
    m.collector_result_id, m.brand_id, m.customer_id, m.query_id, m.collector_type, m.topic, m.processed_at,
    m.competitor, m.competitor_id, m.positions, m.mentions, m.words, m.visibility, m.share, m.label, m.score,
    m.positive, m.negative,
    first_value(m.new_fact_id) OVER (
      PARTITION BY m.collector_result_id ORDER BY m.competitor COLLATE "C" NULLS FIRST) AS fact_id
  FROM mapped m
),
new_metric_facts AS (
  INSERT INTO public.metric_facts (
    id, collector_result_id, brand_id, customer_id, query_id, collector_type, topic, processed_at, created_at)
  SELECT
    p.fact_id, p.collector_result_id, p.brand_id, p.customer_id, p.query_id, p.collector_type, p.topic,
    p.processed_at, p.processed_at
  FROM placed p
  WHERE p.competitor IS NULL
  RETURNING 1
),
new_brand_metrics AS (
  INSERT INTO public.brand_metrics (
    metric_fact_id, visibility_index, share_of_answers, has_brand_presence, brand_first_position, brand_positions,
    total_brand_mentions, total_word_count, product_mentions)
  SELECT
    p.fact_id, p.visibility, p.share, p.mentions > 0, p.positions[1], p.positions, p.mentions, p.words, p.mentions
  FROM placed p
  WHERE p.competitor IS NULL
  RETURNING 1
),
new_brand_sentiment AS (
  INSERT INTO public.brand_sentiment (
    metric_fact_id, sentiment_label, sentiment_score, positive_sentences, negative_sentences)
  SELECT p.fact_id, p.label, p.score, p.positive, p.negative
  FROM placed p
  WHERE p.competitor IS NULL AND (p.label IS NOT NULL OR p.score IS NOT NULL)
  RETURNING 1
),
new_competitor_metrics AS (
  INSERT INTO public.competitor_metrics (
    metric_fact_id, competitor_id, visibility_index, share_of_answers, competitor_positions, competitor_mentions,
    product_mentions)
  SELECT p.fact_id, p.competitor_id, p.visibility, p.share, p.positions, p.mentions, p.mentions
  FROM placed p
  WHERE p.competitor IS NOT NULL AND p.fact_id IS NOT NULL
  RETURNING 1
),
new_competitor_sentiment AS (
  INSERT INTO public.competitor_sentiment (
    metric_fact_id, competitor_id, sentiment_label, sentiment_score, positive_sentences, negative_sentences)
  SELECT p.fact_id, p.competitor_id, p.label, p.score, p.positive, p.negative
  FROM placed p
  WHERE p.competitor IS NOT NULL AND p.fact_id IS NOT NULL AND (p.label IS NOT NULL OR p.score IS NOT NULL)
  RETURNING 1
)
SELECT
  (SELECT COUNT(*) FROM new_metric_facts) AS metric_facts,
  (SELECT COUNT(*) FROM new_brand_metrics) AS brand_metrics,
  (SELECT COUNT(*) FROM new_competitor_metrics) AS competitor_metrics,
  (SELECT COUNT(*) FROM new_brand_sentiment) AS brand_sentiment,
  (SELECT COUNT(*) FROM new_competitor_sentiment) AS competitor_sentiment
