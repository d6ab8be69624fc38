-- name: social_organizations
-- takes: nothing
-- gives: id uuid, name text
-- why: GET /api/organizations: by name, then id

SELECT w.id, w.name
FROM social.workspaces w
ORDER BY w.name COLLATE "C", w.id
