-- name: own_scans_begin
-- takes: $1 text old table
-- gives: scans_before text, workers text
-- why: what this session has scanned before and PostgreSQL has not told yet may be somebody's read. Parallel workers
--      count for themselves, so there are none.
SELECT set_config('switchyard.scans_before', coalesce((
         SELECT pg_stat_get_xact_numscans(c.oid)
                + (SELECT coalesce(sum(pg_stat_get_xact_numscans(i.indexrelid)), 0) FROM pg_index i WHERE i.indrelid = c.oid)
         FROM pg_class c
         WHERE c.oid = to_regclass($1::text)), 0)::text, true) AS scans_before,
       set_config('max_parallel_workers_per_gather', '0', true) AS workers
