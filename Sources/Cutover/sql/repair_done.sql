-- name: repair_done
-- takes: $1 text migration, $2 bigint[] keys
-- why: right before these keys, which are locked, are copied: what the queue has of them until now is done with the copy,
--      and what comes later is not. An entry that somebody else has locked is left to them: a repair, which waits for
--      these keys. Found by its place, which a plan made for an empty queue finds as fast.
DELETE FROM switchyard.repair_queue r
WHERE r.ctid = ANY (ARRAY(
  SELECT q.ctid
  FROM switchyard.repair_queue q
  WHERE q.migration = $1::text AND q.key = ANY ($2::bigint[])
  FOR UPDATE SKIP LOCKED))
