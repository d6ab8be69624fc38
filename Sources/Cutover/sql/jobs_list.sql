-- name: jobs_list
-- takes: $1 text migration, $2 integer limit
-- gives: job_id bigint, kind text, state text, paused boolean, by text, reason text, progress json, error text,
--        queued_at text, finished_at text
-- why: what was done lately and what is under way, newest first.
SELECT j.id AS job_id, j.kind, j.state, j.is_paused AS paused, j.by, j.reason, j.progress, j.error,
       to_char(j.queued_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS queued_at,
       to_char(j.finished_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS finished_at
FROM switchyard.jobs j
WHERE j.migration = $1::text
ORDER BY j.id DESC
LIMIT $2::integer
