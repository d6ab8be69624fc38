-- name: migration_created
-- takes: $1 text migration
-- why: dual write is on from the moment the new tables exist.
INSERT INTO switchyard.migrations (name, dual_write) VALUES ($1::text, true)
