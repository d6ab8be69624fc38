-- name: job_show
-- takes: $1 bigint id
-- gives: job_id bigint, migration text, kind text, state text, paused boolean, options json, by text, reason text,
--        progress json, report json, error text, queued_at text, started_at text, finished_at text
-- why: a job as the API shows it.
SELECT j.id AS job_id, j.migration, j.kind, j.state, j.is_paused AS paused, j.options, j.by, j.reason, j.progress, j.report, j.error,
       to_char(j.queued_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS queued_at,
       to_char(j.started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS started_at,
       to_char(j.finished_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS finished_at
FROM switchyard.jobs j
WHERE j.id = $1::bigint
