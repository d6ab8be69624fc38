-- name: shadow_counts_add
-- takes: $1 text[] services, $2 text[] outcomes, $3 bigint[] comparisons
-- why: what was compared since the last time.
INSERT INTO switchyard.shadow_counts AS c (day, service, outcome, comparisons)
SELECT (now() AT TIME ZONE 'UTC')::date, n.service, n.outcome, n.comparisons
FROM unnest($1::text[], $2::text[], $3::bigint[]) n (service, outcome, comparisons)
ORDER BY n.service, n.outcome
ON CONFLICT (day, service, outcome) DO UPDATE SET comparisons = c.comparisons + excluded.comparisons
