-- name: repair_failed
-- takes: $1 text migration, $2 bigint[] keys, $3 text reason
-- why: tried again after 1, 2, 4, then 8 seconds: a cause that has gone away is noticed well within 30 s.
UPDATE switchyard.repair_queue
SET attempts = attempts + 1, reason = $3::text, next_attempt_at = now() + make_interval(secs => 2 ^ least(attempts, 3))
WHERE migration = $1::text AND key = ANY ($2::bigint[])
