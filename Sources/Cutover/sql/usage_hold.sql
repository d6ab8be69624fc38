-- name: usage_hold
-- takes: $1 text migration
-- gives: is_ours boolean
-- why: one process at a time takes a sample; a later one sees what it wrote.
SELECT pg_try_advisory_xact_lock(hashtextextended('switchyard.usage.' || $1::text, 0)) AS is_ours
