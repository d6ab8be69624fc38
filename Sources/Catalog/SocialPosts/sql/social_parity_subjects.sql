-- name: social_parity_subjects
-- takes: nothing
-- gives: id uuid
-- why: the organizations whose answers a verification compares, in order

SELECT w.id
FROM social.workspaces w
ORDER BY w.id
