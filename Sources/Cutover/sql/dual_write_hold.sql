-- name: dual_write_hold
-- takes: $1 text migration
-- gives: dual_write boolean
-- why: a writer holds the switch as it found it until it commits, so that whoever turns it waits for every writer
--      that has not seen the turn.
SELECT m.dual_write FROM switchyard.migrations m WHERE m.name = $1::text FOR SHARE
