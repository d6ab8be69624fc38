-- name: jobs_hold
-- takes: $1 text migration
-- gives: is_held boolean
-- why: one job of a migration is started at a time; whoever waited here sees the one before him.
SELECT pg_advisory_xact_lock(hashtextextended('switchyard.jobs.' || $1::text, 0)) IS NOT NULL AS is_held
