-- name: social_suggestions
-- takes: $1 uuid (organization), $2 integer (limit)
-- gives: id uuid, kind text, conversation_id uuid, entity_id bigint, suggestion text, feedback text, feedback_note
--        text, created_at text
-- why: GET /suggestions: the newest first, with what became of them

SELECT
  s.id, s.kind, s.conversation_id, s.entity_id, s.suggestion, s.feedback, s.feedback_note,
  to_char(s.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS created_at
FROM social.ai_suggestions s
WHERE s.organization_id = $1::uuid
ORDER BY s.created_at DESC, s.id
LIMIT $2::integer
