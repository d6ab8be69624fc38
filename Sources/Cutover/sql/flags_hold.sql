-- name: flags_hold
-- takes: $1 text service
-- gives: version bigint, use_new_schema boolean, updated_by text, canary_percent numeric
-- why: nobody else changes the flag until the transaction ends.
SELECT f.version, f.use_new_schema, f.updated_by, f.canary_percent FROM switchyard.flags f WHERE f.service = $1::text FOR UPDATE
