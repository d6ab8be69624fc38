-- name: creation_lock
-- why: one creation at a time; and it waits for every writer who has looked whether there is something to write twice
--      (dual_write_hold), so that the backfill that follows sees what they wrote.
LOCK TABLE switchyard.migrations IN EXCLUSIVE MODE
