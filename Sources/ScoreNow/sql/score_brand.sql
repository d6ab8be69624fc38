-- name: score_brand
-- takes: $1 uuid brand
-- gives: name text, customer_id uuid
-- why: whose name to look for, and who may ask.
SELECT b.name, b.customer_id FROM public.brands b WHERE b.id = $1::uuid
