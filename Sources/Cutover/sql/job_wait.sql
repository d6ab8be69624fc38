-- name: job_wait
-- takes: $1 bigint id
-- gives: owner text, milliseconds integer
-- why: who runs the job, and how long his lease still lasts; NULL where the job is over.
SELECT j.owner,
       CASE WHEN j.state = 'queued' THEN 0
            WHEN j.state = 'running'
            THEN greatest(0, ceil(extract(epoch FROM j.lease_until - clock_timestamp()) * 1000))::integer END AS milliseconds
FROM switchyard.jobs j
WHERE j.id = $1::bigint
