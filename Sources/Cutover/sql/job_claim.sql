-- name: job_claim
-- takes: $1 bigint id, $2 text[] migrations, $3 text owner, $4 integer lease in milliseconds, $5 text dead owner
-- gives: id bigint, migration text, kind text, options json, by text, reason text, checkpoint json
-- why: a job that nobody runs; $1 NULL: the one that has waited longest. An owner that is known to be dead need not be
--      waited for.
UPDATE switchyard.jobs j
SET state = 'running', owner = $3::text, lease_until = clock_timestamp() + $4::integer * interval '1 ms',
    started_at = coalesce(j.started_at, clock_timestamp())
WHERE j.id = (
  SELECT q.id
  FROM switchyard.jobs q
  WHERE q.migration = ANY ($2::text[]) AND ($1::bigint IS NULL OR q.id = $1::bigint)
    AND (q.state = 'queued' OR (q.state = 'running' AND (q.lease_until < clock_timestamp() OR q.owner = $5::text)))
  ORDER BY q.id
  LIMIT 1
  FOR UPDATE SKIP LOCKED)
RETURNING j.id, j.migration, j.kind, j.options, j.by, j.reason, j.checkpoint
