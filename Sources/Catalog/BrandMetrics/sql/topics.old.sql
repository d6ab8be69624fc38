-- name: topics.old
-- takes: $1 uuid (brand), $2 date (first day), $3 date (last day), $4 text[] (collector types, NULL: all)
-- gives: section text, topic text, total_responses bigint, presence_count bigint, avg_visibility numeric,
--        avg_share numeric, avg_sentiment numeric, positive_count bigint, negative_count bigint,
--        neutral_count bigint
-- why: most responses first; among equal counts by topic, NULL last

WITH responses AS (
  SELECT
    ep.topic,
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
