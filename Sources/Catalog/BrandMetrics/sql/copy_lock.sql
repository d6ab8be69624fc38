-- name: copy_lock
-- takes: $1 bigint[] collector results
-- gives: id bigint
-- why: nobody else writes or copies these results until the transaction ends. In order of id, so that two callers
--      never wait for each other

SELECT r.id FROM collector_results r WHERE r.id = ANY ($1::bigint[]) ORDER BY r.id FOR NO KEY UPDATE
