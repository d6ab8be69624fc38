-- name: skipped_rows
-- takes: $1 bigint[] (collector results)
-- gives: id bigint, collector_result_id bigint, reason text
-- why: the wide rows that copy_results leaves out, each with its reason: the same judgement, without a write

WITH wide AS (
  -- the columns of a row's kind: the brand's (no competitor_name) or the competitor's
  SELECT
    ep.id, ep.collector_result_id, ep.brand_id, ep.customer_id, ep.query_id, ep.competitor_name,
    ep.processed_at,
    ROUND(CASE WHEN ep.competitor_name IS NULL
      THEN ep.visibility_index ELSE ep.visibility_index_competitor END, 2) AS visibility,
    ROUND(CASE WHEN ep.competitor_name IS NULL
      THEN ep.share_of_answers_brand ELSE ep.share_of_answers_competitor END, 2) AS share,
    ROUND(CASE WHEN ep.competitor_name IS NULL
      THEN ep.sentiment_score ELSE ep.sentiment_score_competitor END, 2) AS score,
    CASE WHEN ep.competitor_name IS NULL
      THEN ep.sentiment_label ELSE ep.sentiment_label_competitor END AS label
  FROM extracted_positions ep
  WHERE ep.collector_result_id = ANY($1::bigint[])
),
judged AS (
  -- what is wrong with a row by itself; whether a competitor's row is an orphan is looked up last, and seldom
  SELECT
    w.id, w.collector_result_id, w.brand_id, w.customer_id, w.query_id, w.competitor_name, w.processed_at,
    w.visibility, w.share, w.score, w.label,
    CASE
      WHEN w.competitor_name IS NULL AND NOT (
        EXISTS (SELECT FROM brands b WHERE b.id = w.brand_id)
        AND EXISTS (SELECT FROM customers c WHERE c.id = w.customer_id)
        AND EXISTS (SELECT FROM generated_queries q WHERE q.id = w.query_id)
        AND EXISTS (SELECT FROM collector_results cr WHERE cr.id = w.collector_result_id)) THEN 'orphan'
      WHEN abs(w.visibility) >= 1000 OR abs(w.share) >= 1000 OR abs(w.score) >= 1000 THEN 'overflow'
      WHEN w.label NOT IN ('POSITIVE', 'NEGATIVE', 'NEUTRAL') THEN 'bad_label'
    END AS fault
  FROM wide w
),
placed AS (
  -- in each result the latest brand row comes first, then each competitor's rows, the latest first
  SELECT
    j.id, j.collector_result_id, j.brand_id, j.customer_id, j.query_id, j.competitor_name, j.processed_at,
    j.visibility, j.share, j.score, j.label, j.fault,
    row_number() OVER result = 1 OR lag(j.competitor_name) OVER result IS DISTINCT FROM j.competitor_name AS latest,
    first_value(j.competitor_name IS NULL AND j.fault IS NULL) OVER result AS has_fact,
    first_value(CASE WHEN j.competitor_name IS NULL
      THEN ARRAY[j.brand_id, j.customer_id, j.query_id] END) OVER result AS brand_row_ids
  FROM judged j
  WINDOW result AS (
    PARTITION BY j.collector_result_id
    ORDER BY j.competitor_name COLLATE "C" NULLS FIRST, j.processed_at DESC, j.id DESC)
),
mapped AS (
  SELECT
    p.id, p.collector_result_id,
    CASE
      WHEN NOT p.latest THEN 'older_duplicate'
      WHEN p.competitor_name IS NULL THEN p.fault
      WHEN bc.id IS NULL THEN 'unknown_competitor'
      WHEN NOT p.has_fact THEN 'no_brand_row'
      WHEN ARRAY[p.brand_id, p.customer_id, p.query_id] IS DISTINCT FROM p.brand_row_ids AND NOT (
        EXISTS (SELECT FROM brands b WHERE b.id = p.brand_id)
        AND EXISTS (SELECT FROM customers c WHERE c.id = p.customer_id)
        AND EXISTS (SELECT FROM generated_queries q WHERE q.id = p.query_id)
        AND EXISTS (SELECT FROM collector_results cr WHERE cr.id = p.collector_result_id)) THEN 'orphan'
      ELSE p.fault
    END AS reason
  FROM placed p
  LEFT JOIN brand_competitors bc
    ON bc.brand_id = COALESCE(p.brand_row_ids[1], p.brand_id) AND bc.competitor_name = p.competitor_name
)
SELECT m.id, m.collector_result_id, m.reason
FROM mapped m
WHERE m.reason IS NOT NULL
ORDER BY m.id
