-- name: usage_sample
-- takes: $1 text migration, $2 bigint scans, $3 bigint stats reset
-- gives: unread_days integer
-- why: less our own maintenance, a rise is somebody's read and starts the clock again. So do counters that were set
--      back, and a long time without a sample. Scans are counted when their transaction has ended: read after the
--      counters, our own are all those that were counted, and maybe some that will be.
WITH gone AS (
  DELETE FROM switchyard.own_scans o WHERE o.migration = $1::text RETURNING o.scans
), own AS (
  SELECT coalesce(sum(g.scans), 0)::bigint AS scans FROM gone g
)
INSERT INTO switchyard.usage_clocks AS u
  (migration, sampled_at, scans, own_scans, foreign_scans, stats_reset, unread_since)
SELECT $1::text, clock_timestamp(), $2::bigint, o.scans, $2::bigint - o.scans,
       timestamptz '1970-01-01 00:00Z' + $3::bigint * interval '1 microsecond', clock_timestamp()
FROM own o
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
