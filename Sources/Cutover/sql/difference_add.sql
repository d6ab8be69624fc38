-- name: difference_add
-- takes: $1 bigint verification, $2 text table, $3 bigint key, $4 text member, $5 text column, $6 json old, $7 json new
-- why: one thing that differs, located.
INSERT INTO switchyard.differences (verification, table_name, key, member, column_name, old, new)
VALUES ($1::bigint, $2::text, $3::bigint, $4::text, $5::text, $6::json, $7::json)
