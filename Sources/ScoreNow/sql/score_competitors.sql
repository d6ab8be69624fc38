-- name: score_competitors
-- takes: $1 uuid brand
-- gives: id integer, competitor_name text
-- why: the other names to look for.
SELECT c.id, c.competitor_name FROM public.brand_competitors c WHERE c.brand_id = $1::uuid ORDER BY c.id
