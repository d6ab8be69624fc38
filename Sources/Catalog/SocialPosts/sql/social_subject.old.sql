-- name: social_subject.old
-- takes: $1 uuid
-- gives: organization_id uuid, organization_name text
-- why: the organization that a request is about; no row is a 404

SELECT w.id AS organization_id, w.name AS organization_name
FROM social.workspaces w
WHERE w.id = $1::uuid
