-- name: score_insert.new
-- takes: $1 json rows, $2 boolean backdated
-- gives: metric_facts bigint
-- why: x
SELECT 0::bigint AS metric_facts WHERE $1::json IS NULL AND $2::boolean
