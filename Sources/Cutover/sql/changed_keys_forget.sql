-- name: changed_keys_forget
-- takes: $1 text migration
-- why: a verification that begins now sees what was written until now.
DELETE FROM switchyard.changed_keys WHERE migration = $1::text
