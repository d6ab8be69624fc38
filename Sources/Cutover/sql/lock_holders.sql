-- name: lock_holders
-- takes: $1 text[] tables, $2 text migration, $3 boolean readers too
-- gives: pid integer, backend_type text, state text, seconds bigint, query text
-- why: whom a step waits for, the oldest transaction first: who has the tables or the migration's lock.
SELECT a.pid, a.backend_type, coalesce(a.state, '') AS state,
       coalesce(extract(epoch FROM clock_timestamp() - coalesce(a.xact_start, a.query_start)), 0)::bigint AS seconds,
       left(regexp_replace(a.query, '\s+', ' ', 'g'), 120) AS query
FROM pg_stat_activity a
WHERE a.pid <> pg_backend_pid() AND EXISTS (
  SELECT FROM pg_locks l
  WHERE l.pid = a.pid AND l.granted AND (
    l.locktype = 'relation' AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
      AND (l.mode NOT IN ('AccessShareLock', 'RowShareLock') OR $3::boolean)
      AND l.relation IN (
        SELECT p.relid
        FROM unnest($1::text[]) n (name)
        CROSS JOIN LATERAL (
          SELECT t.relid FROM pg_partition_tree(to_regclass(n.name)) t UNION SELECT to_regclass(n.name)) p (relid))
    OR l.locktype = 'advisory' AND l.objsubid = 1
      AND (l.classid::bigint << 32 | l.objid::bigint) = hashtextextended('switchyard.lock.' || $2::text, 0)))
ORDER BY coalesce(a.xact_start, a.query_start)
LIMIT 3
