-- name: content_old_posted
-- takes: $1 date (first day), $2 date (last day)
-- gives: candidates, all_posted (decision_id bigint, queue_content text, status text, scheduled_at timestamptz, tone
--        text, visual_format text, tweet_id text, content text, posted_at timestamptz, generator_name text, topic text,
--        angle text)
-- why: a part of the old services: what was posted, and perhaps within the days; each decision looks up its latest row
--      in every table, as production does

candidates AS (
  SELECT d.decision_id
  FROM content.posted_decisions d
  WHERE d.posted_at >= ($1::date)::timestamp AT TIME ZONE 'UTC'
    AND d.posted_at < ($2::date + 1)::timestamp AT TIME ZONE 'UTC'
  UNION
  SELECT t.decision_id
  FROM content.tweets t
  WHERE t.posted_at >= ($1::date)::timestamp AT TIME ZONE 'UTC'
    AND t.posted_at < ($2::date + 1)::timestamp AT TIME ZONE 'UTC'
  UNION
  SELECT p.decision_id
  FROM content.posts p
  WHERE p.published_at >= ($1::date)::timestamp AT TIME ZONE 'UTC'
    AND p.published_at < ($2::date + 1)::timestamp AT TIME ZONE 'UTC'
),
all_posted AS (
  SELECT
    c.decision_id,
    COALESCE(m.content, g.content_text) AS queue_content,
    COALESCE(m.status, g.status) AS status,
    COALESCE(m.scheduled_at, g.scheduled_for) AS scheduled_at,
    COALESCE(g.tone, m.tone) AS tone,
    COALESCE(g.visual_format, m.visual_format) AS visual_format,
    COALESCE(d.tweet_id, t.tweet_id, p.post_id) AS tweet_id,
    COALESCE(d.content, t.text, p.body) AS content,
    COALESCE(t.posted_at, d.posted_at, p.published_at) AS posted_at,
    NULLIF(COALESCE(d.generator_name, t.generator, g.generator_used, m.generator_name), '') AS generator_name,
    NULLIF(COALESCE(d.topic, p.topic, g.topic, m.topic), '') AS topic,
    NULLIF(COALESCE(d.angle, p.angle, g.angle, m.angle), '') AS angle
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
  LEFT JOIN LATERAL (
    SELECT
      o.tweet_id, o.content, o.posted_at, o.generator_name, o.topic, o.angle,
      (o.posted_at >= '0001-01-01 00:00:00+00' AND o.posted_at < '10000-01-01 00:00:00+00') IS NOT FALSE
        AS is_good
    FROM content.posted_decisions o
    WHERE o.decision_id = c.decision_id
    ORDER BY o.created_at DESC, o.id DESC
    LIMIT 1) d ON d.is_good
  LEFT JOIN LATERAL (
    SELECT
      o.tweet_id, o.text, o.posted_at, o.generator,
      (o.posted_at >= '0001-01-01 00:00:00+00' AND o.posted_at < '10000-01-01 00:00:00+00') IS NOT FALSE
        AS is_good
    FROM content.tweets o
    WHERE o.decision_id = c.decision_id
    ORDER BY GREATEST(o.created_at, o.updated_at) DESC, o.id DESC
    LIMIT 1) t ON t.is_good
  LEFT JOIN LATERAL (
    SELECT
      o.post_id, o.body, o.published_at, o.topic, o.angle,
      (o.published_at >= '0001-01-01 00:00:00+00' AND o.published_at < '10000-01-01 00:00:00+00') IS NOT FALSE
        AS is_good
    FROM content.posts o
    WHERE o.decision_id = c.decision_id
    ORDER BY o.created_at DESC, o.id DESC
    LIMIT 1) p ON p.is_good
  WHERE COALESCE(m.content, g.content_text) IS NOT NULL AND COALESCE(m.status, g.status) IS NOT NULL
    AND COALESCE(d.tweet_id, t.tweet_id, p.post_id) IS NOT NULL
),
