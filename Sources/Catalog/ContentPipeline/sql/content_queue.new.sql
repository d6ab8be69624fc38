-- name: content_queue.new
-- takes: $1 text (status), $2 integer (limit)
-- gives: section text, decision_id bigint, content text, status text, scheduled_at text, generator_name text,
--        topic text, angle text, tone text, visual_format text
-- why: what is next with this status, by scheduled_at, those without one last, then decision_id

SELECT
  'items'::text AS section,
  q.decision_id,
  q.content,
  q.status,
  to_char(q.scheduled_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS scheduled_at,
  q.generator_name,
  q.topic,
  q.angle,
  q.tone,
  q.visual_format
FROM content.content_queue q
WHERE q.status = $1::text
ORDER BY q.scheduled_at, q.decision_id
LIMIT $2::integer
