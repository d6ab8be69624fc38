-- name: repair_done
-- takes: $1 text migration, $2 bigint[] keys
-- why: right before these results, which are locked, are copied: what the queue says of them until now is done with the
--      copy, and what comes later is not. An entry that somebody else holds is left to him: a repair, which waits for
--      these results, or a writer whose rows the copy does not see.
WITH free AS MATERIALIZED (
  SELECT r.key, r.subject
  FROM switchyard.repair_queue r
  WHERE r.migration = $1::text AND r.key = ANY ($2::bigint[])
  FOR UPDATE SKIP LOCKED
)
DELETE FROM switchyard.repair_queue r
USING free f
WHERE r.migration = $1::text AND r.key = f.key AND r.subject = f.subject
