-- name: star_rows
-- why: a part of other statements, after judged_rows: the rows that each new table should have for the collector
--      results $1, and those that it has, with the same columns; ids of its own are skipped. `copy` counts rows that
--      no unique constraint kept from being there twice.

expected_facts AS (
  SELECT
    b.collector_result_id,
    1::bigint AS copy,
    b.brand_id, b.customer_id, b.query_id, b.collector_type, b.topic, b.processed_at, b.created_at, b.metadata
  FROM judged_brand_rows b
  WHERE b.reason IS NULL
),
actual_facts AS (
  SELECT
    f.collector_result_id,
    row_number() OVER (PARTITION BY f.collector_result_id) AS copy,
    f.brand_id, f.customer_id, f.query_id, f.collector_type, f.topic, f.processed_at, f.created_at, f.metadata
  FROM public.metric_facts f
  WHERE f.collector_result_id = ANY($1::bigint[])
),
expected_brand_metrics AS (
  SELECT
    b.collector_result_id,
    1::bigint AS copy,
    b.visibility_index::numeric(5,2) AS visibility_index,
    b.share_of_answers_brand::numeric(5,2) AS share_of_answers,
    b.has_brand_presence IS TRUE AS has_brand_presence,
    b.brand_first_position,
    COALESCE(b.brand_positions, '{}') AS brand_positions,
    COALESCE(b.total_brand_mentions, 0) AS total_brand_mentions,
    COALESCE(b.total_word_count, 0) AS total_word_count,
    COALESCE(b.total_brand_mentions, 0) AS product_mentions
  FROM judged_brand_rows b
  WHERE b.reason IS NULL
),
actual_brand_metrics AS (
  SELECT
    f.collector_result_id,
    row_number() OVER (PARTITION BY f.collector_result_id) AS copy,
    m.visibility_index, m.share_of_answers, m.has_brand_presence, m.brand_first_position, m.brand_positions,
    m.total_brand_mentions, m.total_word_count, m.product_mentions
  FROM public.metric_facts f
  JOIN public.brand_metrics m ON m.metric_fact_id = f.id
  WHERE f.collector_result_id = ANY($1::bigint[])
),
expected_brand_sentiment AS (
  SELECT
    b.collector_result_id,
    1::bigint AS copy,
    b.sentiment_label,
    b.sentiment_score::numeric(5,2) AS sentiment_score,
    COALESCE(NULLIF(b.sentiment_positive_sentences, 'null'), '[]') AS positive_sentences,
    COALESCE(NULLIF(b.sentiment_negative_sentences, 'null'), '[]') AS negative_sentences
  FROM judged_brand_rows b
  WHERE b.reason IS NULL AND num_nonnulls(b.sentiment_label, b.sentiment_score) > 0
),
actual_brand_sentiment AS (
  SELECT
    f.collector_result_id,
    row_number() OVER (PARTITION BY f.collector_result_id) AS copy,
    s.sentiment_label, s.sentiment_score, s.positive_sentences, s.negative_sentences
  FROM public.metric_facts f
  JOIN public.brand_sentiment s ON s.metric_fact_id = f.id
  WHERE f.collector_result_id = ANY($1::bigint[])
),
expected_competitor_metrics AS (
  SELECT
    c.collector_result_id,
    c.competitor_id,
    1::bigint AS copy,
    c.visibility_index_competitor::numeric(5,2) AS visibility_index,
    c.share_of_answers_competitor::numeric(5,2) AS share_of_answers,
    COALESCE(c.competitor_positions, '{}') AS competitor_positions,
    COALESCE(c.competitor_mentions, 0) AS competitor_mentions,
    COALESCE(c.competitor_mentions, 0) AS product_mentions,
    c.competitor_positions[1] AS first_position,
    COALESCE(c.competitor_mentions, 0) > 0 AS has_presence
  FROM judged_competitor_rows c
  WHERE c.reason IS NULL
),
actual_competitor_metrics AS (
  SELECT
    f.collector_result_id, m.competitor_id,
    row_number() OVER (PARTITION BY f.collector_result_id, m.competitor_id) AS copy,
    m.visibility_index, m.share_of_answers, m.competitor_positions, m.competitor_mentions, m.product_mentions,
    m.first_position, m.has_presence
  FROM public.metric_facts f
  JOIN public.competitor_metrics m ON m.metric_fact_id = f.id
  WHERE f.collector_result_id = ANY($1::bigint[])
),
expected_competitor_sentiment AS (
  SELECT
    c.collector_result_id,
    c.competitor_id,
    1::bigint AS copy,
    c.sentiment_label_competitor AS sentiment_label,
    c.sentiment_score_competitor::numeric(5,2) AS sentiment_score,
    COALESCE(NULLIF(c.sentiment_positive_sentences_competitor, 'null'), '[]') AS positive_sentences,
    COALESCE(NULLIF(c.sentiment_negative_sentences_competitor, 'null'), '[]') AS negative_sentences
  FROM judged_competitor_rows c
  WHERE c.reason IS NULL AND num_nonnulls(c.sentiment_label_competitor, c.sentiment_score_competitor) > 0
),
actual_competitor_sentiment AS (
  SELECT
    f.collector_result_id, s.competitor_id,
    row_number() OVER (PARTITION BY f.collector_result_id, s.competitor_id) AS copy,
    s.sentiment_label, s.sentiment_score, s.positive_sentences, s.negative_sentences
  FROM public.metric_facts f
  JOIN public.competitor_sentiment s ON s.metric_fact_id = f.id
  WHERE f.collector_result_id = ANY($1::bigint[])
),
