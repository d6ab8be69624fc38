-- name: dashboard.old
-- takes: $1 uuid (brand), $2 date (first day), $3 date (last day), $4 text[] (collector types, NULL: all)
-- gives: section text, metric_date date, collector_type text, total_responses bigint, presence_count bigint,
--        avg_visibility numeric, avg_share numeric, avg_sentiment numeric, positive_count bigint,
--        negative_count bigint, neutral_count bigint, first_response text, last_response text
-- why: totals (always one row), by_collector and daily from one pass over the wide rows, added up once by cell

WITH responses AS (
  SELECT
    (ep.processed_at AT TIME ZONE 'UTC')::date AS metric_date,
    ep.collector_type,
    ep.processed_at,
    ep.has_brand_presence AS present,
    CASE WHEN ep.visibility_index > '-Infinity' AND ep.visibility_index < 'Infinity'
      THEN ROUND(ep.visibility_index, 2) END AS visibility,
    CASE WHEN ep.share_of_answers_brand > '-Infinity' AND ep.share_of_answers_brand < 'Infinity'
      THEN ROUND(ep.share_of_answers_brand, 2) END AS share,
    CASE WHEN ep.sentiment_score > '-Infinity' AND ep.sentiment_score < 'Infinity'
      THEN ROUND(ep.sentiment_score, 2) END AS sentiment,
    ep.sentiment_label AS label
  FROM public.extracted_positions ep
  WHERE ep.brand_id = $1::uuid
    AND ep.competitor_name IS NULL
    AND ep.processed_at >= ($2::date)::timestamp AT TIME ZONE 'UTC'
    AND ep.processed_at < ($3::date + 1)::timestamp AT TIME ZONE 'UTC'
    AND ($4::text[] IS NULL OR ep.collector_type = ANY($4::text[]))
),
cells AS (
  SELECT
    r.metric_date,
    r.collector_type,
    COUNT(*) AS total_responses,
    COUNT(*) FILTER (WHERE r.present) AS presence_count,
    SUM(r.visibility) AS visibility_sum,
    COUNT(r.visibility) AS visibility_count,
    SUM(r.share) AS share_sum,
    COUNT(r.share) AS share_count,
    SUM(r.sentiment) AS sentiment_sum,
    COUNT(r.sentiment) AS sentiment_count,
    COUNT(*) FILTER (WHERE r.label = 'POSITIVE') AS positive_count,
    COUNT(*) FILTER (WHERE r.label = 'NEGATIVE') AS negative_count,
    COUNT(*) FILTER (WHERE r.label = 'NEUTRAL') AS neutral_count,
    MIN(r.processed_at) AS first_response,
    MAX(r.processed_at) AS last_response
  FROM responses r
  GROUP BY r.metric_date, r.collector_type
)
SELECT
  CASE GROUPING(c.metric_date, c.collector_type)
    WHEN 3 THEN 'totals' WHEN 2 THEN 'by_collector' ELSE 'daily' END AS section,
  c.metric_date,
  c.collector_type,
  COALESCE(SUM(c.total_responses), 0)::bigint AS total_responses,
  COALESCE(SUM(c.presence_count), 0)::bigint AS presence_count,
  ROUND(SUM(c.visibility_sum) / NULLIF(SUM(c.visibility_count), 0), 2) AS avg_visibility,
  ROUND(SUM(c.share_sum) / NULLIF(SUM(c.share_count), 0), 2) AS avg_share,
  ROUND(SUM(c.sentiment_sum) / NULLIF(SUM(c.sentiment_count), 0), 2) AS avg_sentiment,
  COALESCE(SUM(c.positive_count), 0)::bigint AS positive_count,
  COALESCE(SUM(c.negative_count), 0)::bigint AS negative_count,
  COALESCE(SUM(c.neutral_count), 0)::bigint AS neutral_count,
  CASE GROUPING(c.metric_date, c.collector_type) WHEN 3
    THEN to_char(MIN(c.first_response) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') END AS first_response,
  CASE GROUPING(c.metric_date, c.collector_type) WHEN 3
    THEN to_char(MAX(c.last_response) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') END AS last_response
FROM cells c
GROUP BY GROUPING SETS ((), (c.collector_type), (c.metric_date, c.collector_type))
ORDER BY GROUPING(c.metric_date, c.collector_type) DESC, c.metric_date, c.collector_type COLLATE "C"
