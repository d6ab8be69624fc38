-- name: social_suggestion_write
-- takes: $1 uuid (organization), $2 text (kind), $3 text (suggestion), $4 uuid (conversation, NULL: none), $5 bigint
--        (the post that it is for, NULL: none)
-- gives: id uuid, kind text
-- why: POST /suggestions. No row: the organization has no such post

INSERT INTO social.ai_suggestions (organization_id, kind, suggestion, conversation_id, entity_id)
SELECT o.id, $2::text, $3::text, $4::uuid, $5::bigint
FROM social.organizations o
WHERE o.id = $1::uuid AND (
  $5::bigint IS NULL
  OR EXISTS (SELECT FROM social.posts_core p WHERE p.entity_id = $5::bigint AND p.organization_id = o.id))
RETURNING id, kind
