-- name: score_queued
-- takes: $1 bigint[] collector results
-- gives: queued bigint, failures bigint
-- why: results whose wide rows this transaction has written, and that its triggers could not copy: they await repair.
--      While dual write is off that is no failure.
SELECT count(DISTINCT q.key) AS queued, count(DISTINCT q.key) FILTER (WHERE m.dual_write) AS failures
FROM switchyard.repair_queue q
JOIN switchyard.migrations m ON m.name = q.migration
WHERE q.migration = 'brand-metrics' AND q.writer = pg_current_xact_id() AND q.key = ANY ($1::bigint[])
