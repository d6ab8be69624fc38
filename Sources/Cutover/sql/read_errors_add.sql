-- name: read_errors_add
-- takes: $1 text[] services, $2 text[] schemas, $3 bigint[] errors
-- why: what this process saw fail since it last told.
INSERT INTO switchyard.read_errors AS r (hour, service, schema, errors)
SELECT date_trunc('hour', now(), 'UTC'), a.service, a.schema, a.errors
FROM unnest($1::text[], $2::text[], $3::bigint[]) a (service, schema, errors)
ORDER BY a.service, a.schema
ON CONFLICT (hour, service, schema) DO UPDATE SET errors = r.errors + excluded.errors
