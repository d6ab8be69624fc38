-- name: copy_last_key
-- takes: nothing
-- gives: collector_result_id bigint
-- why: where a copy that starts now ends. Later results are written to both schemas as they come.

SELECT GREATEST(
  (SELECT MAX(e.collector_result_id) FROM extracted_positions e),
  (SELECT MAX(f.collector_result_id) FROM metric_facts f),
  (SELECT MAX(s.key) FROM switchyard.skipped_rows s WHERE s.migration = 'brand-metrics')) AS collector_result_id
