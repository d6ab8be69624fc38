-- name: copy_old_keys
-- takes: $1 bigint last key, $2 integer limit
-- gives: collector_result_id bigint
-- why: the next collector results of the wide table, in order; asked before there is a new table

SELECT DISTINCT e.collector_result_id
FROM extracted_positions e
WHERE e.collector_result_id > $1::bigint
ORDER BY e.collector_result_id
LIMIT $2::integer
