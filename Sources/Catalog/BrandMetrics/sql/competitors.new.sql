-- name: competitors.new
-- takes: $1 uuid (brand), $2 date (first day), $3 date (last day), $4 text[] (collector types, NULL: all)
-- gives: section text, competitor_name text, total_responses bigint, presence_count bigint, total_mentions bigint,
--        avg_visibility numeric, avg_share numeric, avg_sentiment numeric, positive_count bigint,
--        negative_count bigint, neutral_count bigint
-- why: highest printed average first, NULL last, then name

WITH answers AS (
  SELECT
    bc.competitor_name,
    cm.competitor_mentions AS mentions,
    cm.visibility_index AS visibility,
    cm.share_of_answers AS share,
    cs.sentiment_score AS sentiment,
    cs.sentiment_label AS label
  FROM public.metric_facts mf
  JOIN public.competitor_metrics cm ON cm.metric_fact_id = mf.id
  JOIN public.brand_competitors bc ON bc.id = cm.competitor_id
  LEFT JOIN public.competitor_sentiment cs ON cs.metric_fact_id = cm.metric_fact_id AND cs.competitor_id = cm.competitor_id
  WHERE mf.brand_id = $1::uuid
    AND mf.processed_at >= ($2::date)::timestamp AT TIME ZONE 'UTC'
    AND mf.processed_at < ($3::date + 1)::timestamp AT TIME ZONE 'UTC'
    AND ($4::text[] IS NULL OR mf.collector_type = ANY($4::text[]))
)
SELECT
  'competitors'::text AS section,
  a.competitor_name,
  COUNT(*) AS total_responses,
  COUNT(*) FILTER (WHERE a.mentions > 0) AS presence_count,
  COALESCE(SUM(a.mentions), 0)::bigint AS total_mentions,
  ROUND(AVG(a.visibility), 2) AS avg_visibility,
  ROUND(AVG(a.share), 2) AS avg_share,
  ROUND(AVG(a.sentiment), 2) AS avg_sentiment,
  COUNT(*) FILTER (WHERE a.label = 'POSITIVE') AS positive_count,
  COUNT(*) FILTER (WHERE a.label = 'NEGATIVE') AS negative_count,
  COUNT(*) FILTER (WHERE a.label = 'NEUTRAL') AS neutral_count
FROM answers a
GROUP BY a.competitor_name
ORDER BY avg_visibility DESC NULLS LAST, a.competitor_name COLLATE "C"
