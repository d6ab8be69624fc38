-- name: usage_counters
-- takes: $1 text old table
-- gives: scans bigint, stats_reset bigint
-- why: every scan of the old table that PostgreSQL has counted, of whoever it is, and since when (microseconds since
--      1970; NULL: ever since). No row: it does not count.
SELECT coalesce(t.seq_scan, 0) + coalesce(t.idx_scan, 0) AS scans,
       (extract(epoch FROM d.stats_reset) * 1000000)::bigint AS stats_reset
FROM pg_stat_user_tables t, pg_stat_database d
WHERE t.relid = to_regclass($1::text) AND d.datname = current_database() AND current_setting('track_counts')::boolean
