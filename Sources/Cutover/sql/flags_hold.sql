-- name: flags_hold
-- takes: $1 text service
-- gives: version bigint
-- why: nobody else changes the flag until the transaction ends.
SELECT f.version FROM switchyard.flags f WHERE f.service = $1::text FOR UPDATE
