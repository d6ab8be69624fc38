-- name: repair_done
-- takes: $1 text migration, $2 bigint[] keys
-- why: the new tables are right for these results again.
DELETE FROM switchyard.repair_queue WHERE migration = $1::text AND key = ANY ($2::bigint[])
