-- name: explained_add
-- takes: $1 bigint verification, $2 bigint[] ids, $3 text[] reasons, $4 text[] subjects
-- why: old rows that have a reason to differ.
INSERT INTO switchyard.explained_rows (verification, id, reason, subject)
SELECT $1::bigint, e.id, e.reason, e.subject
FROM unnest($2::bigint[], $3::text[], $4::text[]) e (id, reason, subject)
ON CONFLICT (verification, id) DO NOTHING
