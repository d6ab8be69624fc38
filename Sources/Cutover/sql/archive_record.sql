-- name: archive_record
-- takes: $1 text migration, $2 bigint rows, $3 numeric checksum
-- why: what the table held when it was archived.
INSERT INTO switchyard.archives (migration, row_count, checksum, archived_checksum)
VALUES ($1::text, $2::bigint, $3::numeric, $3::numeric)
ON CONFLICT (migration) DO UPDATE
SET at = clock_timestamp(), row_count = excluded.row_count, checksum = excluded.checksum,
    archived_checksum = excluded.archived_checksum, is_restoring = false
