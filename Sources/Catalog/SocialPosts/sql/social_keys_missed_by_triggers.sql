-- name: social_keys_missed_by_triggers
-- takes: nothing
-- gives: key bigint
-- why: posts whose workspace was written at the same time as they, by another transaction: once all that was under way
--      then is over, they are seen, and enter the repair queue

WITH seen AS (
  UPDATE social.workspace_writes w SET over_before = pg_current_xact_id()
  WHERE w.over_before IS NULL
),
due AS (
  DELETE FROM social.workspace_writes w
  WHERE w.over_before <= pg_snapshot_xmin(pg_current_snapshot())
  RETURNING w.called
),
called AS (
  SELECT DISTINCT c.name FROM due d CROSS JOIN LATERAL unnest(d.called) c (name)
)
INSERT INTO switchyard.repair_queue (migration, key, subject, reason)
SELECT DISTINCT 'social-posts', p.id, '', 'its workspace was written'
FROM called c
JOIN social.posts p ON p.workspace_id::text = c.name
  OR lower(btrim(p.team, E' \t\r\n') COLLATE "C") COLLATE "default" = c.name
ON CONFLICT DO NOTHING
RETURNING key
