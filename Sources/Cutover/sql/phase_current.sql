-- name: phase_current
-- takes: $1 text migration
-- gives: phase text
-- why: no row means that it is planned.
SELECT m.phase FROM switchyard.migrations m WHERE m.name = $1::text
