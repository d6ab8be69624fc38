-- name: repair_waiting
-- takes: $1 text migration, $2 bigint[] keys
-- gives: key bigint
-- why: which of these keys await repair.
SELECT DISTINCT r.key FROM switchyard.repair_queue r WHERE r.migration = $1::text AND r.key = ANY ($2::bigint[])
