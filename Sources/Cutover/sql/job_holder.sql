-- name: job_holder
-- takes: $1 bigint id
-- gives: owner text, options json
-- why: who runs the job, NULL where nobody does yet, and what was asked for; no row where it is over.
SELECT j.owner, j.options FROM switchyard.jobs j WHERE j.id = $1::bigint AND j.state IN ('queued', 'running')
