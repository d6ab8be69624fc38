-- name: archive_restoring
-- takes: $1 text migration
-- why: from now on a restore writes to the archive.
UPDATE switchyard.archives SET is_restoring = true WHERE migration = $1::text
