-- name: visibility.old
-- takes: $1 uuid (brand), $2 date (first day), $3 date (last day), $4 text[] (collector types, NULL: all),
--        $5 text (day, week or month)
-- gives: section text, period date, total_responses bigint, presence_count bigint, avg_visibility numeric,
--        avg_share numeric
-- why: a period is its first day; weeks begin on Monday, which is date_trunc's week

WITH responses AS (
  SELECT
    (ep.processed_at AT TIME ZONE 'UTC')::date AS metric_date,
    ep.has_brand_presence AS present,
    CASE WHEN ep.visibility_index > '-Infinity' AND ep.visibility_index < 'Infinity'
      THEN ROUND(ep.visibility_index, 2) END AS visibility,
    CASE WHEN ep.share_of_answers_brand > '-Infinity' AND ep.share_of_answers_brand < 'Infinity'
      THEN ROUND(ep.share_of_answers_brand, 2) END AS share
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
    COUNT(*) AS total_responses,
    COUNT(*) FILTER (WHERE r.present) AS presence_count,
    SUM(r.visibility) AS visibility_sum,
    COUNT(r.visibility) AS visibility_count,
    SUM(r.share) AS share_sum,
    COUNT(r.share) AS share_count
  FROM responses r
  GROUP BY r.metric_date
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
