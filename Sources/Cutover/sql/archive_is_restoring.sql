-- name: archive_is_restoring
-- takes: $1 text migration
-- gives: is_restoring boolean
-- why: a restore that was interrupted has written to the archive.
SELECT coalesce((SELECT a.is_restoring FROM switchyard.archives a WHERE a.migration = $1::text), false) AS is_restoring
