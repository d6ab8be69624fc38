-- name: score_backlog
-- takes: $1 bigint last id, $2 integer limit
-- gives: id bigint, brand_id uuid
-- why: the next results of any brand that have no brand row yet, in order of id.
--      OFFSET 0 keeps the index in the plan, also in one made while the wide table was small.
SELECT r.id, r.brand_id
FROM public.collector_results r
WHERE r.id > $1::bigint
  AND NOT EXISTS (
    SELECT FROM public.extracted_positions e WHERE e.collector_result_id = r.id AND e.competitor_name IS NULL
    OFFSET 0)
ORDER BY r.id
LIMIT $2::integer
