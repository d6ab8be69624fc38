-- name: skipped_list
-- takes: $1 text migration, $2 bigint last id, $3 integer limit
-- gives: id bigint, collector_result_id bigint, reason text
-- why: the next old rows that are not copied.
SELECT s.id, s.key AS collector_result_id, s.reason
FROM switchyard.skipped_rows s
WHERE s.migration = $1::text AND s.id > $2::bigint
ORDER BY s.id
LIMIT $3::integer
