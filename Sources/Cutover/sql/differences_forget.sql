-- name: differences_forget
-- takes: $1 bigint verification
-- why: what was found beyond single results, by a run that was broken off and wrote no checkpoint of it: it is looked
--      for again.
DELETE FROM switchyard.differences d WHERE d.verification = $1::bigint AND d.key IS NULL
