-- name: usage_sample
-- takes: $1 text migration, $2 text old table
-- gives: unread_days integer
-- why: PostgreSQL counts every scan of the old table; less our own maintenance, a rise is somebody's read and starts
--      the clock again. So do counters that were set back, and a long time without a sample. One process at a time.
WITH held AS (
  SELECT pg_try_advisory_xact_lock(hashtextextended('switchyard.usage.' || $1::text, 0)) AS is_ours
), gone AS (
  DELETE FROM switchyard.own_scans o
  WHERE o.migration = $1::text AND (SELECT h.is_ours FROM held h)
  RETURNING o.scans
), own AS (
  SELECT coalesce(sum(g.scans), 0)::bigint AS scans FROM gone g
), counted AS (
  SELECT coalesce(t.seq_scan, 0) + coalesce(t.idx_scan, 0) AS scans, d.stats_reset
  FROM pg_stat_user_tables t, pg_stat_database d
  WHERE t.relid = to_regclass($2::text) AND d.datname = current_database()
)
INSERT INTO switchyard.usage_clocks AS u
  (migration, sampled_at, scans, own_scans, foreign_scans, stats_reset, unread_since)
SELECT $1::text, clock_timestamp(), c.scans, o.scans, c.scans - o.scans, c.stats_reset, clock_timestamp()
FROM counted c, own o, held h
WHERE h.is_ours
ON CONFLICT (migration) DO UPDATE
SET sampled_at = excluded.sampled_at, scans = excluded.scans, stats_reset = excluded.stats_reset,
    own_scans = u.own_scans + excluded.own_scans,
    foreign_scans = CASE
      WHEN excluded.scans < u.scans OR excluded.stats_reset IS DISTINCT FROM u.stats_reset
      THEN excluded.scans - u.own_scans - excluded.own_scans
      ELSE greatest(u.foreign_scans, excluded.scans - u.own_scans - excluded.own_scans) END,
    unread_since = CASE
      WHEN excluded.scans < u.scans OR excluded.stats_reset IS DISTINCT FROM u.stats_reset
        OR excluded.scans - u.own_scans - excluded.own_scans > u.foreign_scans
        OR excluded.sampled_at > u.sampled_at + interval '1 hour'
      THEN excluded.sampled_at ELSE u.unread_since END
RETURNING floor(extract(epoch FROM now() - u.unread_since) / 86400)::integer AS unread_days
