-- name: social_scope
-- takes: $1 uuid (organization)
-- gives: role text
-- why: what the new schema is asked after it, in the same transaction, is asked as the organization's role, so
--      PostgreSQL itself leaves out what belongs to others. No row, no role: then the new schema must not be asked at
--      all

SELECT set_config('role', r.role_name, true) AS role
FROM social.organization_roles r
WHERE r.organization_id = $1::uuid
