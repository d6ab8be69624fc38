-- name: copy_next_keys
-- takes: $1 bigint last key, $2 integer limit
-- gives: collector_result_id bigint
-- why: the next collector results, in order: those of the wide table, and those whose wide rows are gone, so that
--      their star rows, and what is on record of rows left out, go too

SELECT k.collector_result_id
FROM (
  (SELECT DISTINCT e.collector_result_id
   FROM extracted_positions e
   WHERE e.collector_result_id > $1::bigint
   ORDER BY e.collector_result_id
   LIMIT $2::integer)
  UNION
  (SELECT f.collector_result_id
   FROM metric_facts f
   WHERE f.collector_result_id > $1::bigint
   ORDER BY f.collector_result_id
   LIMIT $2::integer)
  UNION
  (SELECT DISTINCT s.key
   FROM switchyard.skipped_rows s
   WHERE s.migration = 'brand-metrics' AND s.key > $1::bigint
   ORDER BY s.key
   LIMIT $2::integer)) k
ORDER BY k.collector_result_id
LIMIT $2::integer
