-- name: refused_record
-- takes: $1 text migration, $2 text[] tables, $3 bigint[] ids, $4 bigint key
-- why: named in the report, and skipped while this backfill goes on.
INSERT INTO switchyard.skipped_rows (migration, table_name, id, key, reason)
SELECT $1::text, r.table_name, r.id, $4::bigint, 'refused'
FROM unnest($2::text[], $3::bigint[]) r (table_name, id)
ON CONFLICT (migration, table_name, id) DO UPDATE SET key = excluded.key, reason = excluded.reason
