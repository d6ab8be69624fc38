-- name: ramps_hold
-- gives: held boolean
-- why: of all processes one at a time moves ramps; the others need not wait.
SELECT pg_try_advisory_xact_lock(hashtextextended('switchyard.ramps', 0)) AS held
