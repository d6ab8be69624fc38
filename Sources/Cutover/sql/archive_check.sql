-- name: archive_check
-- takes: $1 text migration, $2 numeric checksum
-- why: what the archived table holds now.
UPDATE switchyard.archives SET archived_checksum = $2::numeric WHERE migration = $1::text
