-- name: skipped_reasons
-- takes: $1 text migration
-- gives: reason text, row_count bigint
-- why: how many old rows are not copied, and why.
SELECT s.reason, count(*) AS row_count
FROM switchyard.skipped_rows s
WHERE s.migration = $1::text
GROUP BY s.reason
ORDER BY s.reason COLLATE "C"
