-- name: repair_failed
-- takes: $1 text migration, $2 bigint[] keys, $3 text reason
-- why: tried again after 1, 2, 4, then 8 seconds: a cause that has gone away is noticed well within 30 s. An entry that
--      somebody else has locked is left to them: they may be who is waited for.
WITH free AS MATERIALIZED (
  SELECT r.writer, r.key, r.subject
  FROM switchyard.repair_queue r
  WHERE r.migration = $1::text AND r.key = ANY ($2::bigint[])
  FOR UPDATE SKIP LOCKED
)
UPDATE switchyard.repair_queue r
SET attempts = attempts + 1, reason = $3::text, next_attempt_at = now() + make_interval(secs => 2 ^ least(attempts, 3))
FROM free f
WHERE r.migration = $1::text AND r.writer = f.writer AND r.key = f.key AND r.subject = f.subject
