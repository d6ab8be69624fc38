-- name: explained_subject
-- takes: $1 bigint verification, $2 text subject
-- gives: id bigint
-- why: a subject with rows that are copied and answered differently all the same: its answers prove nothing.
SELECT e.id
FROM switchyard.explained_rows e
WHERE e.verification = $1::bigint AND e.subjects IS NOT NULL AND $2::text = ANY (e.subjects)
LIMIT 1
