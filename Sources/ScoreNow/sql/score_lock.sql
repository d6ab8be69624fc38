-- name: score_lock
-- takes: $1 bigint[] collector results
-- why: of two calls that score the same result, one waits here for the other. In order of id, so that they never
--      wait for each other.
SELECT r.id FROM public.collector_results r WHERE r.id = ANY ($1::bigint[]) ORDER BY r.id FOR NO KEY UPDATE
