-- name: explained_list
-- takes: $1 bigint verification, $2 text table, $3 bigint last id, $4 integer limit
-- gives: id bigint, reason text
-- why: the next rows of an old table that have a reason to differ.
SELECT e.id, e.reason
FROM switchyard.explained_rows e
WHERE e.verification = $1::bigint AND e.table_name = $2::text AND e.id > $3::bigint
ORDER BY e.id
LIMIT $4::integer
