-- name: job_checkpoint
-- takes: $1 bigint id, $2 text owner, $3 json checkpoint
-- gives: id bigint
-- why: in the transaction that it tells of; no row means that the job is not the owner's any more.
UPDATE switchyard.jobs SET checkpoint = $3::json
WHERE id = $1::bigint AND owner = $2::text AND state = 'running'
RETURNING id
