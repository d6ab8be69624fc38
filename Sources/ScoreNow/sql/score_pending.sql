-- name: score_pending
-- takes: $1 uuid brand, $2 integer limit
-- gives: id bigint
-- why: the brand's collector results that have no brand row yet, oldest first.
--      OFFSET 0 keeps the index in the plan, also in one made while the wide table was small.
SELECT r.id
FROM public.collector_results r
WHERE r.brand_id = $1::uuid
  AND NOT EXISTS (
    SELECT FROM public.extracted_positions e WHERE e.collector_result_id = r.id AND e.competitor_name IS NULL
    OFFSET 0)
ORDER BY r.created_at, r.id
LIMIT $2::integer
