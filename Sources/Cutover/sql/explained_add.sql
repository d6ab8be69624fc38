-- name: explained_add
-- takes: $1 bigint verification, $2 bigint[] ids, $3 text[] reasons, $4 text[] subjects of each, as arrays
-- why: old rows that have a reason to differ.
INSERT INTO switchyard.explained_rows (verification, id, reason, subjects)
SELECT $1::bigint, e.id, e.reason, e.subjects::text[]
FROM unnest($2::bigint[], $3::text[], $4::text[]) e (id, reason, subjects)
ON CONFLICT (verification, id) DO NOTHING
