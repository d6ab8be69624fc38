-- name: score_remaining
-- takes: $1 uuid brand
-- gives: remaining bigint
-- why: how many results another call would find.
--      OFFSET 0 keeps the index in the plan, also in one made while the wide table was small.
SELECT count(*) AS remaining
FROM public.collector_results r
WHERE r.brand_id = $1::uuid
  AND NOT EXISTS (
    SELECT FROM public.extracted_positions e WHERE e.collector_result_id = r.id AND e.competitor_name IS NULL
    OFFSET 0)
