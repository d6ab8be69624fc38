-- name: keywords.new
-- takes: $1 uuid (brand), $2 date (first day), $3 date (last day), $4 text[] (collector types, NULL: all)
-- gives: section text, keyword text, total_responses bigint, presence_count bigint, avg_visibility numeric,
--        avg_share numeric, avg_sentiment numeric, positive_count bigint, negative_count bigint,
--        neutral_count bigint
-- why: a result counts once for each distinct keyword of its query: added up by query first, then by keyword

WITH responses AS (
  SELECT
    mf.query_id,
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
),
queries AS (
  SELECT
    r.query_id,
    COUNT(*) AS total_responses,
    COUNT(*) FILTER (WHERE r.present) AS presence_count,
    SUM(r.visibility) AS visibility_sum,
    COUNT(r.visibility) AS visibility_count,
    SUM(r.share) AS share_sum,
    COUNT(r.share) AS share_count,
    SUM(r.sentiment) AS sentiment_sum,
    COUNT(r.sentiment) AS sentiment_count,
    COUNT(*) FILTER (WHERE r.label = 'POSITIVE') AS positive_count,
    COUNT(*) FILTER (WHERE r.label = 'NEGATIVE') AS negative_count,
    COUNT(*) FILTER (WHERE r.label = 'NEUTRAL') AS neutral_count
  FROM responses r
  GROUP BY r.query_id
)
SELECT
  'keywords'::text AS section,
  k.keyword,
  SUM(q.total_responses)::bigint AS total_responses,
  SUM(q.presence_count)::bigint AS presence_count,
  ROUND(SUM(q.visibility_sum) / NULLIF(SUM(q.visibility_count), 0), 2) AS avg_visibility,
  ROUND(SUM(q.share_sum) / NULLIF(SUM(q.share_count), 0), 2) AS avg_share,
  ROUND(SUM(q.sentiment_sum) / NULLIF(SUM(q.sentiment_count), 0), 2) AS avg_sentiment,
  SUM(q.positive_count)::bigint AS positive_count,
  SUM(q.negative_count)::bigint AS negative_count,
  SUM(q.neutral_count)::bigint AS neutral_count
FROM queries q
JOIN public.generated_queries gq ON gq.id = q.query_id
CROSS JOIN LATERAL (SELECT DISTINCT u.keyword FROM unnest(gq.keywords) AS u (keyword)) k
WHERE k.keyword IS NOT NULL
GROUP BY k.keyword
ORDER BY total_responses DESC, k.keyword COLLATE "C"
