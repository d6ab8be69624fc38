-- name: content_queue.old
-- takes: $1 text (status), $2 integer (limit)
-- gives: section text, decision_id bigint, content text, status text, scheduled_at text, generator_name text,
--        topic text, angle text, tone text, visual_format text
-- why: what is next with this status, by scheduled_at, those without one last, then decision_id
--      Asked of the old tables as production does: each decision looks up its latest row in every table. Equal to the
--      new one also while skipped rows are visible, but for those that were refused.

WITH candidates AS (
  SELECT m.decision_id
  FROM content.content_metadata m
  WHERE lower(btrim(m.status, E' \t\r\n') COLLATE "C") COLLATE "default" = $1::text
  UNION
  SELECT g.decision_id
  FROM content.content_generation_metadata_comprehensive g
  WHERE lower(btrim(g.generation_status, E' \t\r\n') COLLATE "C") COLLATE "default" = $1::text
),
queue AS (
  SELECT
    c.decision_id,
    COALESCE(m.content, g.content_text) AS content,
    COALESCE(m.status, g.status) AS status,
    COALESCE(m.scheduled_at, g.scheduled_for) AS scheduled_at,
    COALESCE(g.generator_used, m.generator_name) AS generator_name,
    COALESCE(g.topic, m.topic) AS topic,
    COALESCE(g.angle, m.angle) AS angle,
    COALESCE(g.tone, m.tone) AS tone,
    COALESCE(g.visual_format, m.visual_format) AS visual_format
  FROM candidates c
  LEFT JOIN LATERAL (
    SELECT
      o.content, lower(btrim(o.status, E' \t\r\n') COLLATE "C") COLLATE "default" AS status,
      o.scheduled_at, o.generator_name, o.topic, o.angle, o.tone, o.visual_format,
      (lower(btrim(o.status, E' \t\r\n') COLLATE "C") IN
        ('draft', 'queued', 'scheduled', 'posting', 'posted', 'failed', 'cancelled')) IS NOT FALSE
        AND (o.scheduled_at >= '0001-01-01 00:00:00+00' AND o.scheduled_at < '10000-01-01 00:00:00+00') IS NOT FALSE
        AS is_good
    FROM content.content_metadata o
    WHERE o.decision_id = c.decision_id
    ORDER BY GREATEST(o.created_at, o.updated_at) DESC, o.id DESC
    LIMIT 1) m ON m.is_good
  LEFT JOIN LATERAL (
    SELECT
      o.content_text, lower(btrim(o.generation_status, E' \t\r\n') COLLATE "C") COLLATE "default" AS status,
      o.scheduled_for, o.generator_used, o.topic, o.angle, o.tone, o.visual_format,
      (lower(btrim(o.generation_status, E' \t\r\n') COLLATE "C") IN
        ('draft', 'queued', 'scheduled', 'posting', 'posted', 'failed', 'cancelled')) IS NOT FALSE
        AND (o.scheduled_for >= '0001-01-01 00:00:00+00' AND o.scheduled_for < '10000-01-01 00:00:00+00') IS NOT FALSE
        AS is_good
    FROM content.content_generation_metadata_comprehensive o
    WHERE o.decision_id = c.decision_id
    ORDER BY GREATEST(o.created_at, o.updated_at) DESC, o.id DESC
    LIMIT 1) g ON g.is_good
)
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
FROM queue q
WHERE q.status = $1::text AND q.content IS NOT NULL
ORDER BY q.scheduled_at NULLS LAST, q.decision_id
LIMIT $2::integer
