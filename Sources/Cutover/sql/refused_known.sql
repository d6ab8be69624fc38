-- name: refused_known
-- takes: $1 text migration, $2 bigint[] keys
-- gives: id bigint
-- why: old rows that PostgreSQL refused in this backfill.
SELECT s.id
FROM switchyard.skipped_rows s
WHERE s.migration = $1::text AND s.key = ANY ($2::bigint[]) AND s.reason = 'refused'
