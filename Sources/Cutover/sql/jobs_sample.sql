-- name: jobs_sample
-- takes: $1 text[] migrations
-- gives: migration text, kind text, state text, done bigint, total bigint, seconds_left bigint
-- why: the latest job of each kind. Work that is paused is neither queued nor running.
SELECT DISTINCT ON (j.migration, j.kind) j.migration, j.kind,
       CASE WHEN j.is_paused AND j.state IN ('queued', 'running') THEN 'paused' ELSE j.state END AS state,
       (j.progress ->> 'done')::bigint AS done, (j.progress ->> 'total')::bigint AS total,
       CASE WHEN j.state = 'running' THEN (j.progress ->> 'seconds_left')::bigint END AS seconds_left
FROM switchyard.jobs j
WHERE j.migration = ANY ($1::text[])
ORDER BY j.migration, j.kind, j.id DESC
