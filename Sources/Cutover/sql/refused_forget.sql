-- name: refused_forget
-- takes: $1 text migration
-- why: a new backfill tries every row again.
DELETE FROM switchyard.skipped_rows WHERE migration = $1::text AND reason = 'refused'
