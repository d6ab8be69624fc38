-- name: verification_end
-- takes: $1 bigint verification, $2 boolean equal
-- why: from now on it is evidence, of what was there since it began.
UPDATE switchyard.verifications SET is_equal = $2::boolean WHERE id = $1::bigint
