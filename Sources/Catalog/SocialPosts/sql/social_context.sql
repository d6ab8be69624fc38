-- name: social_context
-- takes: $1 uuid (organization), $2 uuid (conversation), $3 integer (how many turns)
-- gives: turn integer, role text, content text, prompt_name text, prompt_version integer, retrieved json, created_at
--        text
-- why: GET /conversations/{conversation_id}: its last turns in order, each with the posts that were retrieved for it

SELECT
  l.turn, l.role, l.content, l.prompt_name, l.prompt_version,
  (
    SELECT json_agg(json_build_object('entity_id', e.entity_id, 'text', c.text) ORDER BY e.place)
    FROM unnest(l.retrieved) WITH ORDINALITY e (entity_id, place)
    LEFT JOIN social.posts_content c ON c.entity_id = e.entity_id AND c.organization_id = $1::uuid) AS retrieved,
  to_char(l.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS created_at
FROM (
  SELECT g.turn, g.role, g.content, g.prompt_name, g.prompt_version, g.retrieved, g.created_at
  FROM social.ai_context_logs g
  WHERE g.organization_id = $1::uuid AND g.conversation_id = $2::uuid
  ORDER BY g.turn DESC
  LIMIT $3::integer) l
ORDER BY l.turn
