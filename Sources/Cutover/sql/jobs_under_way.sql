-- name: jobs_under_way
-- takes: $1 text migration, $2 text[] kinds
-- gives: id bigint, kind text
-- why: the first of these kinds comes first.
SELECT j.id, j.kind
FROM switchyard.jobs j
WHERE j.migration = $1::text AND j.kind = ANY ($2::text[]) AND j.state IN ('queued', 'running')
ORDER BY array_position($2::text[], j.kind)
