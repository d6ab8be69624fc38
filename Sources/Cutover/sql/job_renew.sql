-- name: job_renew
-- takes: $1 bigint id, $2 text owner, $3 integer lease in milliseconds, $4 json progress
-- gives: is_paused boolean
-- why: no row means that the job is not the owner's any more.
UPDATE switchyard.jobs
SET lease_until = clock_timestamp() + $3::integer * interval '1 ms', progress = coalesce($4::json, progress)
WHERE id = $1::bigint AND owner = $2::text AND state = 'running'
RETURNING is_paused
