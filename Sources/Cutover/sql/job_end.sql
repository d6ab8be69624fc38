-- name: job_end
-- takes: $1 bigint id, $2 text owner, $3 json report, $4 text error
-- gives: id bigint
-- why: done, or failed where there is an error.
UPDATE switchyard.jobs
SET state = CASE WHEN $4::text IS NULL THEN 'done' ELSE 'failed' END, report = $3::json, error = $4::text,
    finished_at = clock_timestamp(), lease_until = NULL
WHERE id = $1::bigint AND owner = $2::text AND state = 'running'
RETURNING id
