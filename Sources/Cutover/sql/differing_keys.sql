-- name: differing_keys
-- takes: $1 bigint verification
-- gives: key bigint
-- why: what a repair copies again.
SELECT DISTINCT d.key FROM switchyard.differences d WHERE d.verification = $1::bigint AND d.key IS NOT NULL ORDER BY d.key
