-- name: migration_created
-- takes: $1 text migration, $2 text[] accepted columns
-- why: as planned, for the move to dual_writing that follows in the same transaction.
INSERT INTO switchyard.migrations (name, phase, dual_write, accepted_columns) VALUES ($1::text, 'planned', true, $2::text[])
