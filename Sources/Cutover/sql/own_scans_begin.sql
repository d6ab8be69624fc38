-- name: own_scans_begin
-- takes: $1 text[] old tables
-- gives: scans_before text, workers text
-- why: what this session has scanned before and PostgreSQL has not told yet may be somebody's read. Parallel workers
--      count for themselves, so there are none.
SELECT set_config('switchyard.scans_before', switchyard.count_scans($1::text[])::text, true) AS scans_before,
       set_config('max_parallel_workers_per_gather', '0', true) AS workers
