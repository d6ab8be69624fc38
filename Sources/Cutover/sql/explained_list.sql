-- name: explained_list
-- takes: $1 bigint verification, $2 bigint last id, $3 integer limit
-- gives: id bigint, reason text
-- why: the next old rows that have a reason to differ.
SELECT e.id, e.reason
FROM switchyard.explained_rows e
WHERE e.verification = $1::bigint AND e.id > $2::bigint
ORDER BY e.id
LIMIT $3::integer
