-- name: phase_hold
-- takes: $1 text migration
-- gives: phase text
-- why: writers hold the row for share until they commit, so this also waits for everyone who writes by the old phase.
SELECT m.phase FROM switchyard.migrations m WHERE m.name = $1::text FOR UPDATE
