-- name: social_context_write
-- takes: $1 uuid (organization), $2 uuid (conversation), $3 text (role), $4 text (content), $5 bigint[] (posts that
--        were retrieved for it, nearest first; NULL: none), $6 text (the prompt that it was made with; NULL: none)
-- gives: turn integer
-- why: POST /conversations/{conversation_id}: its next turn, with the prompt's active version. Posts of other
--      organizations are skipped. No row: there is no such prompt

INSERT INTO social.ai_context_logs (
  organization_id, conversation_id, turn, role, content, prompt_name, prompt_version, retrieved)
SELECT
  o.id, $2::uuid, COALESCE((
    SELECT max(l.turn) FROM social.ai_context_logs l
    WHERE l.organization_id = o.id AND l.conversation_id = $2::uuid), 0) + 1,
  $3::text, $4::text, p.name, p.version, ARRAY(
    SELECT e.entity_id
    FROM unnest($5::bigint[]) WITH ORDINALITY e (entity_id, place)
    JOIN social.posts_core c ON c.entity_id = e.entity_id AND c.organization_id = o.id
    ORDER BY e.place)
FROM social.organizations o
LEFT JOIN social.ai_prompts p ON p.organization_id = o.id AND p.name = $6::text AND p.is_active
WHERE o.id = $1::uuid AND ($6::text IS NULL OR p.name IS NOT NULL)
RETURNING turn
