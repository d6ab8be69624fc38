-- name: copy_key_count
-- takes: nothing
-- gives: results bigint
-- why: how many collector results copy_next_keys will give

SELECT count(*) AS results
FROM (
  SELECT e.collector_result_id FROM extracted_positions e
  UNION
  SELECT f.collector_result_id FROM metric_facts f) k
