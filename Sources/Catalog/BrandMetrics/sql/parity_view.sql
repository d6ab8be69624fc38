-- name: parity_view
-- takes: $1 uuid[] (brands)
-- gives: table_name text, key bigint, member text, column_name text, old json, new json
-- why: every number of the view's clean cells that is not what the facts give, and cells that one side only has. Dirty
--      cells are read from the facts. NOT IN (no column is NULL) reads the stamps once, however few the planner expects.

WITH dirty AS (
  SELECT d.brand_id, d.customer_id, d.collector_type, d.metric_date
  FROM switchyard.brand_daily_dirty_cells d
  WHERE d.brand_id = ANY($1::uuid[])
),
responses AS (
  SELECT
    f.brand_id, f.customer_id, f.collector_type, (f.processed_at AT TIME ZONE 'UTC')::date AS metric_date,
    f.processed_at, m.has_brand_presence, m.visibility_index, m.share_of_answers, s.sentiment_label, s.sentiment_score
  FROM public.metric_facts f
  LEFT JOIN public.brand_metrics m ON m.metric_fact_id = f.id
  LEFT JOIN public.brand_sentiment s ON s.metric_fact_id = f.id
  WHERE f.brand_id = ANY($1::uuid[])
),
expected AS (
  SELECT
    r.brand_id,
    r.customer_id,
    r.collector_type,
    r.metric_date,
    AVG(r.visibility_index) AS avg_visibility,
    AVG(r.share_of_answers) AS avg_share,
    COUNT(*) FILTER (WHERE r.has_brand_presence) AS presence_count,
    COUNT(*) AS total_responses,
    AVG(r.sentiment_score) AS avg_sentiment,
    COUNT(*) FILTER (WHERE r.sentiment_label = 'POSITIVE') AS positive_count,
    COUNT(*) FILTER (WHERE r.sentiment_label = 'NEGATIVE') AS negative_count,
    COUNT(*) FILTER (WHERE r.sentiment_label = 'NEUTRAL') AS neutral_count,
    MIN(r.processed_at) AS first_response,
    MAX(r.processed_at) AS last_response,
    SUM(r.visibility_index) AS visibility_sum,
    COUNT(r.visibility_index) AS visibility_count,
    SUM(r.share_of_answers) AS share_sum,
    COUNT(r.share_of_answers) AS share_count,
    SUM(r.sentiment_score) AS sentiment_sum,
    COUNT(r.sentiment_score) AS sentiment_count
  FROM responses r
  WHERE (r.brand_id, r.customer_id, r.collector_type, r.metric_date) NOT IN (
    SELECT d.brand_id, d.customer_id, d.collector_type, d.metric_date FROM dirty d)
  GROUP BY r.brand_id, r.customer_id, r.collector_type, r.metric_date
),
actual AS (
  SELECT
    v.brand_id, v.customer_id, v.collector_type, v.metric_date, v.avg_visibility, v.avg_share, v.presence_count,
    v.total_responses, v.avg_sentiment, v.positive_count, v.negative_count, v.neutral_count, v.first_response,
    v.last_response, v.visibility_sum, v.visibility_count, v.share_sum, v.share_count, v.sentiment_sum,
    v.sentiment_count
  FROM public.mv_brand_daily_metrics v
  WHERE v.brand_id = ANY($1::uuid[])
    AND (v.brand_id, v.customer_id, v.collector_type, v.metric_date) NOT IN (
      SELECT d.brand_id, d.customer_id, d.collector_type, d.metric_date FROM dirty d)
),
differing AS (
  SELECT
    COALESCE(e.brand_id, a.brand_id) AS brand_id,
    concat_ws('/', COALESCE(e.customer_id, a.customer_id), COALESCE(e.collector_type, a.collector_type),
      COALESCE(e.metric_date, a.metric_date)) AS cell,
    e.brand_id IS NULL OR a.brand_id IS NULL AS is_alone,
    to_jsonb(e) AS old,
    to_jsonb(a) AS new,
    ARRAY[
      CASE WHEN e.avg_visibility IS DISTINCT FROM a.avg_visibility THEN 'avg_visibility' END,
      CASE WHEN e.avg_share IS DISTINCT FROM a.avg_share THEN 'avg_share' END,
      CASE WHEN e.presence_count IS DISTINCT FROM a.presence_count THEN 'presence_count' END,
      CASE WHEN e.total_responses IS DISTINCT FROM a.total_responses THEN 'total_responses' END,
      CASE WHEN e.avg_sentiment IS DISTINCT FROM a.avg_sentiment THEN 'avg_sentiment' END,
      CASE WHEN e.positive_count IS DISTINCT FROM a.positive_count THEN 'positive_count' END,
      CASE WHEN e.negative_count IS DISTINCT FROM a.negative_count THEN 'negative_count' END,
      CASE WHEN e.neutral_count IS DISTINCT FROM a.neutral_count THEN 'neutral_count' END,
      CASE WHEN e.first_response IS DISTINCT FROM a.first_response THEN 'first_response' END,
      CASE WHEN e.last_response IS DISTINCT FROM a.last_response THEN 'last_response' END,
      CASE WHEN e.visibility_sum IS DISTINCT FROM a.visibility_sum THEN 'visibility_sum' END,
      CASE WHEN e.visibility_count IS DISTINCT FROM a.visibility_count THEN 'visibility_count' END,
      CASE WHEN e.share_sum IS DISTINCT FROM a.share_sum THEN 'share_sum' END,
      CASE WHEN e.share_count IS DISTINCT FROM a.share_count THEN 'share_count' END,
      CASE WHEN e.sentiment_sum IS DISTINCT FROM a.sentiment_sum THEN 'sentiment_sum' END,
      CASE WHEN e.sentiment_count IS DISTINCT FROM a.sentiment_count THEN 'sentiment_count' END
    ] AS columns
  FROM expected e
  FULL JOIN actual a
    ON a.brand_id = e.brand_id AND a.customer_id = e.customer_id AND a.collector_type = e.collector_type
    AND a.metric_date = e.metric_date
  WHERE e IS DISTINCT FROM a
),
named AS (
  SELECT d.brand_id, d.cell, 0 AS column_place, NULL AS column_name, d.old, d.new
  FROM differing d
  WHERE d.is_alone
  UNION ALL
  SELECT d.brand_id, d.cell, c.place, c.name, d.old -> c.name, d.new -> c.name
  FROM differing d
  CROSS JOIN LATERAL unnest(d.columns) WITH ORDINALITY AS c (name, place)
  WHERE NOT d.is_alone AND c.name IS NOT NULL
)
SELECT
  'mv_brand_daily_metrics' AS table_name,
  NULL::bigint AS key,
  n.cell AS member,
  n.column_name,
  n.old::json AS old,
  n.new::json AS new
FROM named n
ORDER BY n.brand_id, n.cell COLLATE "C", n.column_place
