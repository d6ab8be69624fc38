-- name: job_pause
-- takes: $1 bigint id, $2 boolean paused
-- gives: id bigint
-- why: whoever runs the job looks at it between two steps.
UPDATE switchyard.jobs SET is_paused = $2::boolean WHERE id = $1::bigint AND state IN ('queued', 'running') RETURNING id
