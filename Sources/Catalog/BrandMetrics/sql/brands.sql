-- name: brands
-- takes: nothing
-- gives: id uuid, name text, customer_id uuid
-- why: GET /api/brands: by name, then id

SELECT b.id, b.name, b.customer_id
FROM public.brands b
ORDER BY b.name COLLATE "C", b.id
