-- name: throttle_signals
-- gives: replicas bigint, lag_ms bigint, slot_lag_bytes bigint, is_archiver_failing boolean, foreground_ms integer
-- why: what a backfill holds for. Who has not pg_monitor sees replicas without their lag (NULL); how much WAL the slots of
--      connected replicas keep is shown to everybody. Servers report the latency of their requests once a second.
SELECT (SELECT count(*) FROM pg_stat_replication) AS replicas,
       (SELECT CASE WHEN bool_and(r.state IS NOT NULL)
          THEN coalesce(max(extract(epoch FROM r.replay_lag) * 1000), 0)::bigint END
        FROM pg_stat_replication r) AS lag_ms,
       (SELECT max(pg_wal_lsn_diff(pg_current_wal_lsn(), coalesce(s.confirmed_flush_lsn, s.restart_lsn)))::bigint
        FROM pg_replication_slots s WHERE s.active) AS slot_lag_bytes,
       (SELECT coalesce(a.last_failed_time > coalesce(a.last_archived_time, '-infinity'), false) FROM pg_stat_archiver a)
         AS is_archiver_failing,
       (SELECT max(f.p95_ms) FROM switchyard.foreground f WHERE f.at > now() - interval '5 seconds') AS foreground_ms
