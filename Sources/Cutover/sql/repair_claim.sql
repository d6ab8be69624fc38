-- name: repair_claim
-- takes: $1 text migration, $2 integer limit
-- gives: key bigint
-- why: keys that are due, oldest first; locked, so that two processes never repair the same one. None while dual write
--      is off.
SELECT r.key
FROM switchyard.repair_queue r
WHERE r.migration = $1::text AND r.next_attempt_at <= now()
  AND EXISTS (SELECT FROM switchyard.migrations m WHERE m.name = r.migration AND m.dual_write)
ORDER BY r.queued_at, r.key
LIMIT $2::integer
FOR UPDATE SKIP LOCKED
