-- name: latencies_add
-- takes: $1 text[] services, $2 text[] schemas, $3 integer[] buckets, $4 bigint[] requests
-- why: how long the requests took that this process has answered since it last told. All write in one order, so that
--      none waits for another in a circle.
INSERT INTO switchyard.latencies AS l (hour, service, schema, bucket, requests)
SELECT date_trunc('hour', now(), 'UTC'), a.service, a.schema, a.bucket, a.requests
FROM unnest($1::text[], $2::text[], $3::integer[], $4::bigint[]) a (service, schema, bucket, requests)
ORDER BY a.service, a.schema, a.bucket
ON CONFLICT (hour, service, schema, bucket) DO UPDATE SET requests = l.requests + excluded.requests
