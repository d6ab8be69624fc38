-- name: explained_add
-- takes: $1 bigint verification, $2 text[] tables, $3 bigint[] ids, $4 text[] reasons, $5 boolean[] skipped, $6 text[]
--        subjects of each, as arrays
-- why: old rows that have a reason to differ.
INSERT INTO switchyard.explained_rows (verification, table_name, id, reason, is_skipped, subjects)
SELECT $1::bigint, e.table_name, e.id, e.reason, e.is_skipped, e.subjects::text[]
FROM unnest($2::text[], $3::bigint[], $4::text[], $5::boolean[], $6::text[]) e (table_name, id, reason, is_skipped, subjects)
ON CONFLICT (verification, table_name, id) DO NOTHING
