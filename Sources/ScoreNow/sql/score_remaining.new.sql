-- name: score_remaining.new
-- takes: $1 uuid brand
-- gives: remaining bigint
-- why: how many results another call would find.
--      OFFSET 0 keeps the index in the plan, also in one made while metric_facts was small.
SELECT count(*) AS remaining
FROM public.collector_results r
WHERE r.brand_id = $1::uuid
  AND NOT EXISTS (
    SELECT FROM public.metric_facts f WHERE f.collector_result_id = r.id
    OFFSET 0)
