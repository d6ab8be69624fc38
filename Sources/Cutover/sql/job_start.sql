-- name: job_start
-- takes: $1 text migration, $2 text kind, $3 json options, $4 text by, $5 text reason, $6 text owner,
--        $7 integer lease in milliseconds
-- gives: id bigint
-- why: queued, or running at once where it has an owner.
INSERT INTO switchyard.jobs (migration, kind, state, options, by, reason, owner, lease_until, started_at)
VALUES ($1::text, $2::text, CASE WHEN $6::text IS NULL THEN 'queued' ELSE 'running' END, $3::json, $4::text, $5::text,
        $6::text, CASE WHEN $6::text IS NOT NULL THEN clock_timestamp() + $7::integer * interval '1 ms' END,
        CASE WHEN $6::text IS NOT NULL THEN clock_timestamp() END)
RETURNING id
