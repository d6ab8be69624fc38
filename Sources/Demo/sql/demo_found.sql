-- name: demo_found
-- takes: $1 text old table
-- gives: has_table boolean, is_sample boolean
-- why: the demo fills an empty database, goes on with one of its own, and leaves that of a user alone.
SELECT to_regclass($1::text) IS NOT NULL AS has_table,
       coalesce(obj_description(to_regclass($1::text), 'pg_class') = 'Sample data of switchyard demo', false) AS is_sample
