-- name: repair_waiting
-- takes: $1 text migration, $2 bigint[] keys
-- gives: key bigint, queued_at timestamp with time zone
-- why: which of these keys await repair, and since when.
SELECT r.key, min(r.queued_at) AS queued_at
FROM switchyard.repair_queue r
WHERE r.migration = $1::text AND r.key = ANY ($2::bigint[])
GROUP BY r.key
