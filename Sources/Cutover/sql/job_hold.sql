-- name: job_hold
-- takes: $1 bigint id, $2 text owner
-- gives: id bigint
-- why: nobody renews, pauses or takes over the job until the transaction ends: one with a snapshot could not write its
--      checkpoint over that. No row means that the job is not the owner's any more.
SELECT j.id FROM switchyard.jobs j WHERE j.id = $1::bigint AND j.owner = $2::text AND j.state = 'running' FOR UPDATE
