-- name: snapshot
-- gives: snapshot text
-- why: what is read after it shows at least all that it saw.
SELECT pg_current_snapshot()::text AS snapshot
