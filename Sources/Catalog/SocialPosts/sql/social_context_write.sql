-- name: social_context_write
-- takes: $1 uuid (organization), $2 uuid (conversation), $3 text (role), $4 text (content), $5 bigint[] (posts that
--        were retrieved for it, nearest first; NULL: none)
-- gives: turn integer
-- why: POST /conversations/{conversation_id}: its next turn. Posts of other organizations are left out

INSERT INTO social.ai_context_logs (organization_id, conversation_id, turn, role, content, retrieved)
SELECT
  o.id, $2::uuid, COALESCE((
    SELECT max(l.turn) FROM social.ai_context_logs l
    WHERE l.organization_id = o.id AND l.conversation_id = $2::uuid), 0) + 1,
  $3::text, $4::text, ARRAY(
    SELECT e.entity_id
    FROM unnest($5::bigint[]) WITH ORDINALITY e (entity_id, place)
    JOIN social.posts_core p ON p.entity_id = e.entity_id AND p.organization_id = o.id
    ORDER BY e.place)
FROM social.organizations o
WHERE o.id = $1::uuid
RETURNING turn
