-- name: refused_record
-- takes: $1 text migration, $2 bigint[] ids, $3 bigint key
-- why: named in the report, and left out while this backfill goes on.
INSERT INTO switchyard.skipped_rows (migration, id, key, reason)
SELECT $1::text, unnest($2::bigint[]), $3::bigint, 'refused'
ON CONFLICT (migration, id) DO UPDATE SET key = excluded.key, reason = excluded.reason
