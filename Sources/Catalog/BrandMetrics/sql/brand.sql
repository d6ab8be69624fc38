-- name: brand
-- takes: $1 uuid
-- gives: id uuid, name text, customer_id uuid
-- why: the brand of a request; no row is a 404

SELECT b.id, b.name, b.customer_id
FROM brands b
WHERE b.id = $1::uuid
