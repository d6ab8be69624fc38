-- name: repair_done
-- takes: $1 text migration, $2 bigint[] keys
-- why: right before these keys, which are locked, are copied: what the queue has of them until now is done with the copy,
--      and what comes later is not. An entry that somebody else has locked is left to them: a repair, which waits for
--      these keys.
WITH free AS MATERIALIZED (
  SELECT r.writer, r.key, r.subject
  FROM switchyard.repair_queue r
  WHERE r.migration = $1::text AND r.key = ANY ($2::bigint[])
  FOR UPDATE SKIP LOCKED
)
DELETE FROM switchyard.repair_queue r
USING free f
WHERE r.migration = $1::text AND r.writer = f.writer AND r.key = f.key AND r.subject = f.subject
