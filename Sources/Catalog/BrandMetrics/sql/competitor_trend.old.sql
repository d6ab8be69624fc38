-- name: competitor_trend.old
-- takes: $1 uuid (brand), $2 date (first day), $3 date (last day), $4 text[] (collector types, NULL: all),
--        $5 text (competitor name)
-- gives: section text, metric_date date, collector_type text, total_responses bigint, presence_count bigint,
--        total_mentions bigint, avg_visibility numeric, avg_share numeric
-- why: one competitor by day and collector; a name nobody knows gives no rows

WITH answers AS (
  SELECT
    (ep.processed_at AT TIME ZONE 'UTC')::date AS metric_date,
    ep.collector_type,
    COALESCE(ep.competitor_mentions, 0) AS mentions,
    CASE WHEN ep.visibility_index_competitor > '-Infinity' AND ep.visibility_index_competitor < 'Infinity'
      THEN ROUND(ep.visibility_index_competitor, 2) END AS visibility,
    CASE WHEN ep.share_of_answers_competitor > '-Infinity' AND ep.share_of_answers_competitor < 'Infinity'
      THEN ROUND(ep.share_of_answers_competitor, 2) END AS share
  FROM public.extracted_positions ep
  WHERE ep.brand_id = $1::uuid
    AND ep.processed_at >= ($2::date)::timestamp AT TIME ZONE 'UTC'
    AND ep.processed_at < ($3::date + 1)::timestamp AT TIME ZONE 'UTC'
    AND ($4::text[] IS NULL OR ep.collector_type = ANY($4::text[]))
    AND ep.competitor_name = $5::text
)
SELECT
  'points'::text AS section,
  a.metric_date,
  a.collector_type,
  COUNT(*) AS total_responses,
  COUNT(*) FILTER (WHERE a.mentions > 0) AS presence_count,
  COALESCE(SUM(a.mentions), 0)::bigint AS total_mentions,
  ROUND(AVG(a.visibility), 2) AS avg_visibility,
  ROUND(AVG(a.share), 2) AS avg_share
FROM answers a
GROUP BY a.metric_date, a.collector_type
ORDER BY a.metric_date, a.collector_type COLLATE "C"
