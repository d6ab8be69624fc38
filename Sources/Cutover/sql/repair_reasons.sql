-- name: repair_reasons
-- takes: $1 text migration
-- gives: reason text, key_count bigint
-- why: why keys await repair, the most frequent reasons first.
SELECT r.reason, count(DISTINCT r.key) AS key_count
FROM switchyard.repair_queue r
WHERE r.migration = $1::text
GROUP BY r.reason
ORDER BY key_count DESC, r.reason COLLATE "C"
LIMIT 3
