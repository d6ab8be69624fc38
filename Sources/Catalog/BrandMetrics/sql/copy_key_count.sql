-- name: copy_key_count
-- takes: $1 bigint (last key)
-- gives: results bigint
-- why: how many collector results copy_next_keys will give up to this one

SELECT COUNT(*) AS results
FROM (
  SELECT e.collector_result_id FROM extracted_positions e WHERE e.collector_result_id <= $1::bigint
  UNION
  SELECT f.collector_result_id FROM metric_facts f WHERE f.collector_result_id <= $1::bigint
  UNION
  SELECT s.key FROM switchyard.skipped_rows s WHERE s.migration = 'brand-metrics' AND s.key <= $1::bigint) k
