-- name: social_prompt_write
-- takes: $1 uuid (organization), $2 text (name), $3 text (template)
-- gives: name text, version integer
-- why: POST /prompts: the next version of a template; the versions before it are not active any more. Two writers of
--      one name: the second one gets a unique_violation and may try again

WITH older AS (
  UPDATE social.ai_prompts p SET is_active = false
  WHERE p.organization_id = $1::uuid AND p.name = $2::text AND p.is_active
)
INSERT INTO social.ai_prompts (organization_id, name, version, template)
SELECT
  o.id, $2::text, COALESCE(
    (SELECT max(p.version) FROM social.ai_prompts p WHERE p.organization_id = o.id AND p.name = $2::text), 0) + 1,
  $3::text
FROM social.organizations o
WHERE o.id = $1::uuid
RETURNING name, version
