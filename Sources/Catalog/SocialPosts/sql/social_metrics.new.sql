-- name: social_metrics.new
-- takes: $1 uuid (organization), $2 bigint (entity: a post or an account), $3 date (first day), $4 date (last
--        day), $5 text[] (metrics, NULL: all), $6 text (by: day, week or month)
-- gives: section text, entity_type text, metric text, first_day text, moments bigint, total numeric, least numeric,
--        most numeric, last numeric
-- why: a time series of each number of an entity; weeks begin on Mondays, days are UTC days. Some numbers add up, of
--      others the last one counts: both are given

WITH said AS (
  SELECT t.entity_type, t.recorded_at, e.key AS name, (e.value #>> '{}')::numeric AS number
  FROM social.time_series_metrics t
  CROSS JOIN LATERAL jsonb_each(t.metrics) e
  WHERE t.organization_id = $1::uuid
    AND t.entity_id = $2::bigint
    AND t.recorded_at >= ($3::date)::timestamp AT TIME ZONE 'UTC'
    AND t.recorded_at < ($4::date + 1)::timestamp AT TIME ZONE 'UTC'
    AND ($5::text[] IS NULL OR e.key = ANY($5::text[]))
)
SELECT
  'points'::text AS section,
  v.entity_type,
  v.name AS metric,
  to_char(date_trunc($6::text, v.recorded_at AT TIME ZONE 'UTC'), 'YYYY-MM-DD') AS first_day,
  COUNT(*) AS moments,
  trim_scale(SUM(v.number)) AS total,
  trim_scale(MIN(v.number)) AS least,
  trim_scale(MAX(v.number)) AS most,
  trim_scale((ARRAY_AGG(v.number ORDER BY v.recorded_at DESC))[1]) AS last
FROM said v
GROUP BY v.entity_type, v.name, date_trunc($6::text, v.recorded_at AT TIME ZONE 'UTC')
ORDER BY v.entity_type COLLATE "C", v.name COLLATE "C", date_trunc($6::text, v.recorded_at AT TIME ZONE 'UTC')
