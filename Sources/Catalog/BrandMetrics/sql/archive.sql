-- name: archive
-- takes: nothing
-- why: the wide table under another name, and its stand-in under its own. Readers wait meanwhile, so nothing else is done.

-- Nor do they wait for the disk: the transaction that follows does.
SET LOCAL synchronous_commit = off;
LOCK TABLE extracted_positions IN ACCESS EXCLUSIVE MODE;
ALTER TABLE extracted_positions RENAME TO extracted_positions_archived;
ALTER VIEW extracted_positions_stand_in RENAME TO extracted_positions;
