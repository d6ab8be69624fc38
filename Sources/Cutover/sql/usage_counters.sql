-- name: usage_counters
-- takes: $1 text[] old tables
-- gives: scans bigint, stats_reset bigint
-- why: every scan of the old tables and their partitions that PostgreSQL has counted, of any role, and since when
--      (microseconds since 1970; NULL: ever since). No row: it does not count.
SELECT sum(t.scans)::bigint AS scans, (extract(epoch FROM min(d.stats_reset)) * 1000000)::bigint AS stats_reset
FROM unnest($1::text[]) n (name)
CROSS JOIN LATERAL (
  SELECT sum(coalesce(s.seq_scan, 0) + coalesce(s.idx_scan, 0)) AS scans
  FROM (SELECT p.relid FROM pg_partition_tree(to_regclass(n.name)) p UNION SELECT to_regclass(n.name)) p (relid)
  JOIN pg_stat_user_tables s ON s.relid = p.relid) t
JOIN pg_stat_database d ON d.datname = current_database()
WHERE current_setting('track_counts')::boolean AND t.scans IS NOT NULL
HAVING count(*) = cardinality($1::text[])
