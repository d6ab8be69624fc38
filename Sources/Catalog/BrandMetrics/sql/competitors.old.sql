-- name: competitors.old
-- takes: $1 uuid (brand), $2 date (first day), $3 date (last day), $4 text[] (collector types, NULL: all)
-- gives: section text, competitor_name text, total_responses bigint, presence_count bigint, total_mentions bigint,
--        avg_visibility numeric, avg_share numeric, avg_sentiment numeric, positive_count bigint,
--        negative_count bigint, neutral_count bigint
-- why: highest printed average first, NULL last, then name; a row of any name counts

WITH answers AS (
  SELECT
    ep.competitor_name,
    COALESCE(ep.competitor_mentions, 0) AS mentions,
    CASE WHEN ep.visibility_index_competitor > '-Infinity' AND ep.visibility_index_competitor < 'Infinity'
      THEN ROUND(ep.visibility_index_competitor, 2) END AS visibility,
    CASE WHEN ep.share_of_answers_competitor > '-Infinity' AND ep.share_of_answers_competitor < 'Infinity'
      THEN ROUND(ep.share_of_answers_competitor, 2) END AS share,
    CASE WHEN ep.sentiment_score_competitor > '-Infinity' AND ep.sentiment_score_competitor < 'Infinity'
      THEN ROUND(ep.sentiment_score_competitor, 2) END AS sentiment,
    ep.sentiment_label_competitor AS label
  FROM public.extracted_positions ep
  WHERE ep.brand_id = $1::uuid
    AND ep.competitor_name IS NOT NULL
    AND ep.processed_at >= ($2::date)::timestamp AT TIME ZONE 'UTC'
    AND ep.processed_at < ($3::date + 1)::timestamp AT TIME ZONE 'UTC'
    AND ($4::text[] IS NULL OR ep.collector_type = ANY($4::text[]))
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
