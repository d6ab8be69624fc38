-- name: restore
-- takes: nothing
-- why: the wide table under its own name again, and the view gone. Readers wait meanwhile, so nothing else is done.

-- Nor do they wait for the disk: the transaction that follows does.
SET LOCAL synchronous_commit = off;
DROP VIEW extracted_positions;
ALTER TABLE extracted_positions_archived RENAME TO extracted_positions;
