-- name: migration_removed
-- takes: $1 text migration
-- why: nothing of it exists any more; the record of its moves stays.
WITH queued AS (
  DELETE FROM switchyard.repair_queue WHERE migration = $1::text
), skipped AS (
  DELETE FROM switchyard.skipped_rows WHERE migration = $1::text
), changed AS (
  DELETE FROM switchyard.changed_keys WHERE migration = $1::text
), refreshed AS (
  DELETE FROM switchyard.usage_clocks WHERE migration = $1::text
)
DELETE FROM switchyard.migrations WHERE name = $1::text
