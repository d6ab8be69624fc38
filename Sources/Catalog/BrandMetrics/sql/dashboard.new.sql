-- name: dashboard.new
-- takes: $1 uuid (brand), $2 date (first day), $3 date (last day), $4 text[] (collector types, NULL: all)
-- gives: section text, metric_date date, collector_type text, total_responses bigint, presence_count bigint,
--        avg_visibility numeric, avg_share numeric, avg_sentiment numeric, positive_count bigint,
--        negative_count bigint, neutral_count bigint, first_response text, last_response text
-- why: totals (always one row), by_collector and daily from the view's cells; dirty cells come from the facts

WITH cells AS (
  SELECT
    m.metric_date,
    m.collector_type,
    m.total_responses,
    m.presence_count,
    m.visibility_sum,
    m.visibility_count,
    m.share_sum,
    m.share_count,
    m.sentiment_sum,
    m.sentiment_count,
    m.positive_count,
    m.negative_count,
    m.neutral_count,
    m.first_response,
    m.last_response
  FROM switchyard.brand_daily_metrics($1::uuid, $2::date, $3::date) m
  WHERE $4::text[] IS NULL OR m.collector_type = ANY($4::text[])
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
