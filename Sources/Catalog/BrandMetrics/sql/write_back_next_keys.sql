-- name: write_back_next_keys
-- takes: $1 bigint last key, $2 integer limit
-- gives: collector_result_id bigint
-- why: the next collector results of the new tables, in order

SELECT f.collector_result_id
FROM metric_facts f
WHERE f.collector_result_id > $1::bigint
ORDER BY f.collector_result_id
LIMIT $2::integer
