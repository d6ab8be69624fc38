-- name: refusal_record
-- takes: $1 text migration, $2 text trigger state
-- why: while it stays, every write to the old tables is refused.
UPDATE switchyard.migrations SET refusal_state = $2::text WHERE name = $1::text
