-- name: reads_by_day
-- takes: $1 text[] services
-- gives: day text, old bigint, new bigint
-- why: how many requests each schema answered, for the last 31 days.
SELECT r.day::text AS day, sum(r.requests) FILTER (WHERE r.schema = 'old')::bigint AS old,
       sum(r.requests) FILTER (WHERE r.schema = 'new')::bigint AS new
FROM switchyard.reads r
WHERE r.service = ANY ($1::text[]) AND r.day > (now() AT TIME ZONE 'UTC')::date - 31
GROUP BY r.day
ORDER BY r.day DESC
