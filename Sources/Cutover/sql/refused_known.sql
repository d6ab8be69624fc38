-- name: refused_known
-- takes: $1 text migration, $2 bigint[] keys
-- gives: table_name text, id bigint
-- why: old rows that PostgreSQL refused in this backfill.
SELECT s.table_name, s.id
FROM switchyard.skipped_rows s
WHERE s.migration = $1::text AND s.key = ANY ($2::bigint[]) AND s.reason = 'refused'
