-- name: copy_lock
-- takes: $1 bigint[] collector results
-- gives: held bigint, holds_orphans boolean
-- why: nobody else writes or copies these results until the transaction ends. In order of id, so that two callers
--      never wait for each other. Results that are gone have no row to lock: one lock, the last, stands for all of them

WITH held AS MATERIALIZED (
  SELECT r.id FROM public.collector_results r WHERE r.id = ANY ($1::bigint[]) ORDER BY r.id FOR NO KEY UPDATE
)
SELECT
  COUNT(*) AS held,
  CASE WHEN COUNT(*) < cardinality($1::bigint[])
    THEN pg_advisory_xact_lock(hashtextextended('switchyard.orphans.brand-metrics', 0)) IS NOT NULL
    ELSE false END AS holds_orphans
FROM held
