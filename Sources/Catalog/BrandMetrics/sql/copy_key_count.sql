-- name: copy_key_count
-- gives: results bigint
-- why: how many collector results the wide table speaks of

SELECT count(DISTINCT e.collector_result_id) AS results FROM extracted_positions e
