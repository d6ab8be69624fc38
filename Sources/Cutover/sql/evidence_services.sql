-- name: evidence_services
-- takes: $1 text[] services
-- gives: service text, reads_new boolean, reads_old boolean
-- why: who reads what, by the flags.
SELECT f.service, f.use_new_schema AND f.canary_percent > 0 AS reads_new,
       NOT (f.use_new_schema AND f.canary_percent = 100) AS reads_old
FROM switchyard.flags f
WHERE f.service = ANY ($1::text[])
ORDER BY array_position($1::text[], f.service)
