-- name: social_prompts
-- takes: $1 uuid (organization)
-- gives: name text, version integer, template text, is_active boolean, created_at text
-- why: GET /prompts: the templates of the organization, the newest version of each first

SELECT
  p.name, p.version, p.template, p.is_active,
  to_char(p.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS created_at
FROM social.ai_prompts p
WHERE p.organization_id = $1::uuid
ORDER BY p.name COLLATE "C", p.version DESC
