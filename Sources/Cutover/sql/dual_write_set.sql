-- name: dual_write_set
-- takes: $1 text migration, $2 boolean on
-- why: part of a move of phase, which is recorded.
UPDATE switchyard.migrations SET dual_write = $2::boolean WHERE name = $1::text
