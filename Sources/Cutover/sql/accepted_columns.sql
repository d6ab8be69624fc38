-- name: accepted_columns
-- takes: $1 text migration
-- gives: name text
-- why: columns of old tables, as table.column, whose values may be left behind.
SELECT unnest(m.accepted_columns) AS name FROM switchyard.migrations m WHERE m.name = $1::text
