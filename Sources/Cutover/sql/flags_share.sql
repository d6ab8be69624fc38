-- name: flags_share
-- takes: $1 text[] services
-- gives: service text
-- why: the flags stay as they are until the transaction ends, in a moment. A change that is under way is not waited for.
SELECT f.service FROM switchyard.flags f WHERE f.service = ANY ($1::text[]) ORDER BY f.service FOR SHARE NOWAIT
