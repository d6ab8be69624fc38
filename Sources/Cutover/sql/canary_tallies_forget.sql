-- name: canary_tallies_forget
-- why: what was seen under earlier versions of the flags decides nothing any more.
DELETE FROM switchyard.canary_tallies t
USING switchyard.flags f
WHERE f.service = t.service AND f.version > t.version
