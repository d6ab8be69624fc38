-- name: score_backlog.new
-- takes: $1 bigint last id, $2 integer limit
-- gives: id bigint, brand_id uuid
-- why: the next results of any brand that have no fact yet, in order of id.
--      OFFSET 0 keeps the index in the plan, also in one made while metric_facts was small.
SELECT r.id, r.brand_id
FROM public.collector_results r
WHERE r.id > $1::bigint
  AND NOT EXISTS (
    SELECT FROM public.metric_facts f WHERE f.collector_result_id = r.id
    OFFSET 0)
ORDER BY r.id
LIMIT $2::integer
