-- name: visibility.new
-- takes: $1 uuid (brand), $2 date (first day), $3 date (last day), $4 text[] (collector types, NULL: all),
--        $5 text (day, week or month)
-- gives: section text, period date, total_responses bigint, presence_count bigint, avg_visibility numeric,
--        avg_share numeric
-- why: a period is its first day; weeks begin on Monday, which is date_trunc's week

WITH cells AS (
  SELECT
    m.metric_date,
    m.total_responses,
    m.presence_count,
    m.visibility_sum,
    m.visibility_count,
    m.share_sum,
    m.share_count
  FROM switchyard.brand_daily_metrics($1::uuid, $2::date, $3::date) m
  WHERE $4::text[] IS NULL OR m.collector_type = ANY($4::text[])
)
SELECT
  'points'::text AS section,
  date_trunc($5::text, c.metric_date::timestamp)::date AS period,
  SUM(c.total_responses)::bigint AS total_responses,
  SUM(c.presence_count)::bigint AS presence_count,
  ROUND(SUM(c.visibility_sum) / NULLIF(SUM(c.visibility_count), 0), 2) AS avg_visibility,
  ROUND(SUM(c.share_sum) / NULLIF(SUM(c.share_count), 0), 2) AS avg_share
FROM cells c
GROUP BY date_trunc($5::text, c.metric_date::timestamp)::date
ORDER BY period
