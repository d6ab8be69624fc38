-- name: throttle_signals
-- gives: replica_lag_ms bigint, is_archiver_failing boolean, foreground_ms integer
-- why: what a backfill slows down for. Servers tell the latency of their requests once a second.
SELECT (SELECT coalesce(max(extract(epoch FROM r.replay_lag) * 1000), 0)::bigint FROM pg_stat_replication r) AS replica_lag_ms,
       (SELECT coalesce(a.last_failed_time > coalesce(a.last_archived_time, '-infinity'), false) FROM pg_stat_archiver a)
         AS is_archiver_failing,
       (SELECT max(f.p95_ms) FROM switchyard.foreground f WHERE f.at > now() - interval '5 seconds') AS foreground_ms
