-- name: score_answers.new
-- takes: $1 bigint[] collector results
-- gives: id bigint, raw_answer text, sentiment_label text, sentiment_score numeric
-- why: what to score of those that still have no fact. A sentiment that the collector supplied counts if it is
--      an object with one of the three labels and a score that NUMERIC(5,2) holds.
--      OFFSET 0 keeps the index in the plan, also in one made while metric_facts was small.
SELECT r.id, r.raw_answer,
       CASE WHEN s.is_usable THEN r.sentiment ->> 'label' END AS sentiment_label,
       CASE WHEN s.is_usable THEN (r.sentiment ->> 'score')::numeric END AS sentiment_score
FROM public.collector_results r
CROSS JOIN LATERAL (
  SELECT CASE
    WHEN jsonb_typeof(r.sentiment -> 'score') = 'number' AND jsonb_typeof(r.sentiment) = 'object'
    THEN abs(round((r.sentiment ->> 'score')::numeric, 2)) < 1000
         AND jsonb_typeof(r.sentiment -> 'label') = 'string'
         AND r.sentiment ->> 'label' IN ('POSITIVE', 'NEGATIVE', 'NEUTRAL')
    ELSE false END AS is_usable) s
WHERE r.id = ANY ($1::bigint[])
  AND NOT EXISTS (
    SELECT FROM public.metric_facts f WHERE f.collector_result_id = r.id
    OFFSET 0)
ORDER BY r.created_at, r.id
