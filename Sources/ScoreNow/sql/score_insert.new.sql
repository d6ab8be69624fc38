-- name: score_insert.new
-- takes: $1 json rows, $2 boolean backdated
-- gives: metric_facts bigint
-- why: the star rows of scored results, once the wide table is not written any more: what score_insert and the mapping
--      would have given.
WITH scored AS MATERIALIZED (
  SELECT r.id AS key, r.brand_id, r.customer_id, r.query_id, r.collector_type, r.topic,
         CASE WHEN $2::boolean THEN r.created_at ELSE now() END AS at,
         s.competitor, s.mentions, s.words, s.positions, round(s.visibility, 2) AS visibility, round(s.share, 2) AS share,
         s.label, round(s.score, 2) AS score, coalesce(s.positive, '[]') AS positive, coalesce(s.negative, '[]') AS negative
  FROM json_to_recordset($1::json) AS s (
    id bigint, competitor text, positions integer[], mentions integer, words integer, visibility numeric, share numeric,
    label text, score numeric, positive jsonb, negative jsonb)
  JOIN collector_results r ON r.id = s.id
), facts AS (
  INSERT INTO metric_facts (
    collector_result_id, brand_id, customer_id, query_id, collector_type, topic, processed_at, created_at)
  SELECT key, brand_id, customer_id, query_id, collector_type, topic, at, at
  FROM scored
  WHERE competitor IS NULL
  RETURNING id, collector_result_id AS key
), placed AS MATERIALIZED (
  SELECT f.id AS fact, c.id AS competitor_id, s.competitor, s.mentions, s.words, s.positions, s.visibility, s.share, s.label,
         s.score, s.positive, s.negative
  FROM scored s
  JOIN facts f ON f.key = s.key
  LEFT JOIN brand_competitors c ON c.brand_id = s.brand_id AND c.competitor_name = s.competitor
), brand AS (
  INSERT INTO brand_metrics (
    metric_fact_id, visibility_index, share_of_answers, has_brand_presence, brand_first_position, brand_positions,
    total_brand_mentions, total_word_count, product_mentions)
  SELECT fact, visibility, share, mentions > 0, positions[1], positions, mentions, words, mentions
  FROM placed
  WHERE competitor IS NULL
), brand_mood AS (
  INSERT INTO brand_sentiment (metric_fact_id, sentiment_label, sentiment_score, positive_sentences, negative_sentences)
  SELECT fact, label, score, positive, negative
  FROM placed
  WHERE competitor IS NULL AND (label IS NOT NULL OR score IS NOT NULL)
), competitors AS (
  INSERT INTO competitor_metrics (
    metric_fact_id, competitor_id, visibility_index, share_of_answers, competitor_positions, competitor_mentions,
    product_mentions)
  SELECT fact, competitor_id, visibility, share, positions, mentions, mentions
  FROM placed
  WHERE competitor_id IS NOT NULL
), competitor_moods AS (
  INSERT INTO competitor_sentiment (
    metric_fact_id, competitor_id, sentiment_label, sentiment_score, positive_sentences, negative_sentences)
  SELECT fact, competitor_id, label, score, positive, negative
  FROM placed
  WHERE competitor_id IS NOT NULL AND (label IS NOT NULL OR score IS NOT NULL)
)
SELECT count(*) AS metric_facts FROM facts
