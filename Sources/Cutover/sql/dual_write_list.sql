-- name: dual_write_list
-- takes: $1 text migration
-- gives: dual_write boolean
-- why: no row means that the new tables were not made yet.
SELECT m.dual_write FROM switchyard.migrations m WHERE m.name = $1::text
