-- name: reads_add
-- takes: $1 text[] services, $2 text[] schemas, $3 bigint[] requests
-- why: what this process has answered since it last told.
INSERT INTO switchyard.reads AS r (day, service, schema, requests)
SELECT (now() AT TIME ZONE 'UTC')::date, a.service, a.schema, a.requests
FROM unnest($1::text[], $2::text[], $3::bigint[]) a (service, schema, requests)
ORDER BY a.service, a.schema
ON CONFLICT (day, service, schema) DO UPDATE SET requests = r.requests + excluded.requests
