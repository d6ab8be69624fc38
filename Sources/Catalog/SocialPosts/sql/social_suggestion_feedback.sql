-- name: social_suggestion_feedback
-- takes: $1 uuid (organization), $2 uuid (suggestion), $3 text (accepted, edited or rejected), $4 text (note, may be
--        NULL)
-- gives: id uuid, feedback text
-- why: POST /suggestions/{suggestion_id}/feedback: what a person made of it; the last word counts. No row is a 404

UPDATE social.ai_suggestions s
SET feedback = $3::text, feedback_note = $4::text, feedback_at = now()
WHERE s.organization_id = $1::uuid AND s.id = $2::uuid
RETURNING s.id, s.feedback
