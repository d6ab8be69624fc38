-- name: job_checkpoint_read
-- takes: $1 bigint id, $2 text owner
-- gives: checkpoint json
-- why: where the job has come to, for an owner who was not told whether his last transaction took effect.
SELECT j.checkpoint FROM switchyard.jobs j WHERE j.id = $1::bigint AND j.owner = $2::text AND j.state = 'running'
