-- name: phase_follow
-- takes: $1 text migration
-- gives: phase text
-- why: nobody else moves the migration; writers, who hold the row by its key, are not waited for.
SELECT m.phase FROM switchyard.migrations m WHERE m.name = $1::text FOR NO KEY UPDATE
