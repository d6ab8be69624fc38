-- name: brand.old
-- takes: $1 uuid
-- gives: brand_id uuid, brand_name text
-- why: the brand that a request is about; no row is a 404

SELECT b.id AS brand_id, b.name AS brand_name
FROM public.brands b
WHERE b.id = $1::uuid
