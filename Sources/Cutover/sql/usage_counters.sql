-- name: usage_counters
-- takes: $1 text[] old tables
-- gives: scans bigint, stats_reset bigint
-- why: every scan of the old tables that PostgreSQL has counted, of whoever it is, and since when (microseconds since
--      1970; NULL: ever since). No row: it does not count.
SELECT sum(coalesce(t.seq_scan, 0) + coalesce(t.idx_scan, 0))::bigint AS scans,
       (extract(epoch FROM min(d.stats_reset)) * 1000000)::bigint AS stats_reset
FROM unnest($1::text[]) n (name)
JOIN pg_stat_user_tables t ON t.relid = to_regclass(n.name)
JOIN pg_stat_database d ON d.datname = current_database()
WHERE current_setting('track_counts')::boolean
HAVING count(*) = cardinality($1::text[])
