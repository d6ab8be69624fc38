-- name: repair_failed
-- takes: $1 text migration, $2 bigint[] keys, $3 text reason
-- why: tried again after 1, 2, 4, then 8 seconds: a cause that has gone away is noticed well within 30 s. An entry that
--      somebody else has locked is left to them: they may be who is waited for.
UPDATE switchyard.repair_queue r
SET attempts = attempts + 1, reason = $3::text, next_attempt_at = now() + make_interval(secs => 2 ^ least(attempts, 3))
WHERE r.ctid = ANY (ARRAY(
  SELECT q.ctid
  FROM switchyard.repair_queue q
  WHERE q.migration = $1::text AND q.key = ANY ($2::bigint[])
  FOR UPDATE SKIP LOCKED))
