-- name: shadow_counts_add
-- takes: $1 text[] services, $2 text[] outcomes, $3 bigint[] comparisons
-- why: what was compared since the last time.
INSERT INTO switchyard.shadow_counts AS c (hour, service, outcome, comparisons)
SELECT date_trunc('hour', now(), 'UTC'), n.service, n.outcome, n.comparisons
FROM unnest($1::text[], $2::text[], $3::bigint[]) n (service, outcome, comparisons)
ORDER BY n.service, n.outcome
ON CONFLICT (hour, service, outcome) DO UPDATE SET comparisons = c.comparisons + excluded.comparisons
