-- name: repair_enqueue
-- takes: $1 text migration, $2 bigint[] keys, $3 text subject, $4 text reason
-- why: these results, which are locked, are in the old tables and not, or not rightly, in the new ones. An entry that is
--      there will do, also one that a repair holds: it waits for these results, so it has not copied them yet.
INSERT INTO switchyard.repair_queue (migration, key, subject, reason)
SELECT $1::text, unnest($2::bigint[]), $3::text, $4::text
ON CONFLICT (migration, key, subject) DO NOTHING
