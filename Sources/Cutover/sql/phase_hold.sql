-- name: phase_hold
-- takes: $1 text migration
-- gives: phase text
-- why: nobody else moves the migration until the transaction ends. Writers and a rollback do not look at this row.
SELECT m.phase FROM switchyard.migrations m WHERE m.name = $1::text FOR UPDATE
