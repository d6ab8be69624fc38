-- name: dual_write_hold
-- takes: $1 text migration
-- gives: dual_write boolean, phase text
-- why: a writer holds the switch and the phase as it found them until it commits, so that whoever turns them waits for
--      every writer that has not seen the turn.
SELECT m.dual_write, m.phase FROM switchyard.migrations m WHERE m.name = $1::text FOR KEY SHARE
