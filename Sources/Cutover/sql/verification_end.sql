-- name: verification_end
-- takes: $1 bigint verification, $2 boolean equal
-- why: from now on it is evidence.
UPDATE switchyard.verifications SET is_equal = $2::boolean, at = clock_timestamp() WHERE id = $1::bigint
