-- name: citations.old
-- takes: $1 uuid (brand), $2 date (first day), $3 date (last day), $4 text[] (collector types, NULL: all)
-- gives: section text, domain text, citations bigint, responses bigint, presence_count bigint,
--        avg_visibility numeric, avg_share numeric, avg_sentiment numeric, positive_count bigint,
--        negative_count bigint, neutral_count bigint
-- why: hosts of the cited URLs; first counted in each response, so that a response enters a domain's averages once

WITH responses AS (
  SELECT
    ep.id,
    ep.collector_result_id,
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
),
authorities AS (
  SELECT
    r.id,
    regexp_replace(
      substring(
        (CASE jsonb_typeof(e.entry)
          WHEN 'object' THEN e.entry ->> 'url' WHEN 'string' THEN e.entry #>> '{}' END) COLLATE "C"
        FROM '^[A-Za-z][A-Za-z0-9+.-]*://([^/?#]+)'),
      '^.*@|:[0-9]*$', '', 'g') AS host
  FROM responses r
  JOIN public.collector_results cr ON cr.id = r.collector_result_id
  CROSS JOIN LATERAL jsonb_array_elements(
    CASE jsonb_typeof(cr.citations) WHEN 'array' THEN cr.citations ELSE '[]' END) AS e (entry)
),
hits AS (
  SELECT
    a.id,
    regexp_replace(lower(a.host), '^www\.', '') AS domain,
    COUNT(*) AS citations
  FROM authorities a
  GROUP BY a.id, regexp_replace(lower(a.host), '^www\.', '')
)
SELECT
  'sources'::text AS section,
  h.domain,
  SUM(h.citations)::bigint AS citations,
  COUNT(DISTINCT r.collector_result_id) AS responses,
  COUNT(*) FILTER (WHERE r.present) AS presence_count,
  ROUND(AVG(r.visibility), 2) AS avg_visibility,
  ROUND(AVG(r.share), 2) AS avg_share,
  ROUND(AVG(r.sentiment), 2) AS avg_sentiment,
  COUNT(*) FILTER (WHERE r.label = 'POSITIVE') AS positive_count,
  COUNT(*) FILTER (WHERE r.label = 'NEGATIVE') AS negative_count,
  COUNT(*) FILTER (WHERE r.label = 'NEUTRAL') AS neutral_count
FROM hits h
JOIN responses r ON r.id = h.id
WHERE h.domain <> ''
GROUP BY h.domain
ORDER BY citations DESC, h.domain COLLATE "C"
