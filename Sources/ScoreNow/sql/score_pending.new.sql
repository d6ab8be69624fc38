-- name: score_pending.new
-- takes: $1 uuid brand, $2 integer limit
-- gives: id bigint
-- why: the brand's collector results that have no fact yet, oldest first.
--      OFFSET 0 keeps the index in the plan, also in one made while metric_facts was small.
SELECT r.id
FROM public.collector_results r
WHERE r.brand_id = $1::uuid
  AND NOT EXISTS (
    SELECT FROM public.metric_facts f WHERE f.collector_result_id = r.id
    OFFSET 0)
ORDER BY r.created_at, r.id
LIMIT $2::integer
