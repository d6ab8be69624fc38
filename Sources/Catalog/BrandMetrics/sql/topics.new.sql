-- name: topics.new
-- takes: $1 uuid (brand), $2 date (first day), $3 date (last day), $4 text[] (collector types, NULL: all)
-- gives: section text, topic text, total_responses bigint, presence_count bigint, avg_visibility numeric,
--        avg_share numeric, avg_sentiment numeric, positive_count bigint, negative_count bigint,
--        neutral_count bigint
-- why: most responses first; among equal counts by topic, NULL last

WITH responses AS (
  SELECT
    mf.topic,
    bm.has_brand_presence AS present,
    bm.visibility_index AS visibility,
    bm.share_of_answers AS share,
    bs.sentiment_score AS sentiment,
    bs.sentiment_label AS label
  FROM public.metric_facts mf
  LEFT JOIN public.brand_metrics bm ON bm.metric_fact_id = mf.id
  LEFT JOIN public.brand_sentiment bs ON bs.metric_fact_id = mf.id
  WHERE mf.brand_id = $1::uuid
    AND mf.processed_at >= ($2::date)::timestamp AT TIME ZONE 'UTC'
    AND mf.processed_at < ($3::date + 1)::timestamp AT TIME ZONE 'UTC'
    AND ($4::text[] IS NULL OR mf.collector_type = ANY($4::text[]))
)
SELECT
  'topics'::text AS section,
  r.topic,
  COUNT(*) AS total_responses,
  COUNT(*) FILTER (WHERE r.present) AS presence_count,
  ROUND(AVG(r.visibility), 2) AS avg_visibility,
  ROUND(AVG(r.share), 2) AS avg_share,
  ROUND(AVG(r.sentiment), 2) AS avg_sentiment,
  COUNT(*) FILTER (WHERE r.label = 'POSITIVE') AS positive_count,
  COUNT(*) FILTER (WHERE r.label = 'NEGATIVE') AS negative_count,
  COUNT(*) FILTER (WHERE r.label = 'NEUTRAL') AS neutral_count
FROM responses r
GROUP BY r.topic
ORDER BY total_responses DESC, r.topic COLLATE "C" NULLS LAST
