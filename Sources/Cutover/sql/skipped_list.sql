-- name: skipped_list
-- takes: $1 text migration, $2 text table, $3 bigint last id, $4 integer limit
-- gives: id bigint, key bigint, reason text
-- why: the next rows of an old table that are not copied.
SELECT s.id, s.key, s.reason
FROM switchyard.skipped_rows s
WHERE s.migration = $1::text AND s.table_name = $2::text AND s.id > $3::bigint
ORDER BY s.id
LIMIT $4::integer
