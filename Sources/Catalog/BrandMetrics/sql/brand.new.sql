-- name: brand.new
-- takes: $1 uuid
-- gives: brand_id uuid, brand_name text, needs_repair boolean
-- why: as brand.old; and while results of the brand await repair, the new schema does not answer for it

SELECT b.id AS brand_id, b.name AS brand_name,
       EXISTS (
         SELECT FROM switchyard.repair_queue r
         WHERE r.subject IN (b.id::text, '') AND r.migration = 'brand-metrics') AS needs_repair
FROM public.brands b
WHERE b.id = $1::uuid
