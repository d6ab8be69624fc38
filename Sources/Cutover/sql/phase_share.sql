-- name: phase_share
-- takes: $1 text migration
-- gives: phase text
-- why: the migration stays in its phase until the transaction ends: a service is about to read new.
SELECT m.phase FROM switchyard.migrations m WHERE m.name = $1::text FOR SHARE
