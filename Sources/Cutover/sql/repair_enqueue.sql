-- name: repair_enqueue
-- takes: $1 text migration, $2 bigint[] keys, $3 text subject, $4 text reason
-- why: these results are in the old tables and not, or not rightly, in the new ones.
INSERT INTO switchyard.repair_queue (migration, key, subject, reason)
SELECT $1::text, unnest($2::bigint[]), $3::text, $4::text
ON CONFLICT (migration, key, subject) DO UPDATE SET reason = excluded.reason, next_attempt_at = now()
