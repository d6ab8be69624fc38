-- name: competitor_trend.new
-- takes: $1 uuid (brand), $2 date (first day), $3 date (last day), $4 text[] (collector types, NULL: all),
--        $5 text (competitor name)
-- gives: section text, metric_date date, collector_type text, total_responses bigint, presence_count bigint,
--        total_mentions bigint, avg_visibility numeric, avg_share numeric
-- why: one competitor by day and collector; a name nobody knows gives no rows

WITH answers AS (
  SELECT
    (mf.processed_at AT TIME ZONE 'UTC')::date AS metric_date,
    mf.collector_type,
    cm.competitor_mentions AS mentions,
    cm.visibility_index AS visibility,
    cm.share_of_answers AS share
  FROM public.metric_facts mf
  JOIN public.competitor_metrics cm ON cm.metric_fact_id = mf.id
  JOIN public.brand_competitors bc ON bc.id = cm.competitor_id
  WHERE mf.brand_id = $1::uuid
    AND mf.processed_at >= ($2::date)::timestamp AT TIME ZONE 'UTC'
    AND mf.processed_at < ($3::date + 1)::timestamp AT TIME ZONE 'UTC'
    AND ($4::text[] IS NULL OR mf.collector_type = ANY($4::text[]))
    AND bc.competitor_name = $5::text
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
