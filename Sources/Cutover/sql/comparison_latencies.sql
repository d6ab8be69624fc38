-- name: comparison_latencies
-- takes: $1 text[] services, $2 integer hours
-- gives: service text, schema text, bucket integer, requests bigint
-- why: how long requests took in the last hours, of which the running one is the last.
SELECT l.service, l.schema, l.bucket, sum(l.requests)::bigint AS requests
FROM switchyard.latencies l
WHERE l.service = ANY ($1::text[]) AND l.hour >= date_trunc('hour', now(), 'UTC') - ($2::integer - 1) * interval '1 hour'
GROUP BY l.service, l.schema, l.bucket
