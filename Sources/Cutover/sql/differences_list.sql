-- name: differences_list
-- takes: $1 bigint verification, $2 bigint last number, $3 integer limit
-- gives: number bigint, table_name text, key bigint, member text, column_name text, old json, new json
-- why: the next things that differ.
SELECT d.number, d.table_name, d.key, d.member, d.column_name, d.old, d.new
FROM switchyard.differences d
WHERE d.verification = $1::bigint AND d.number > $2::bigint
ORDER BY d.number
LIMIT $3::integer
