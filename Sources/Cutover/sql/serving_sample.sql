-- name: serving_sample
-- takes: $1 text[] services
-- gives: epoch bigint, processes bigint
-- why: how often flags were changed, and how many processes serve.
SELECT (SELECT coalesce(sum(f.version), 0)::bigint FROM switchyard.flags f WHERE f.service = ANY ($1::text[])) AS epoch,
       (SELECT count(*) FROM switchyard.processes p WHERE p.leased_until > clock_timestamp()) AS processes
