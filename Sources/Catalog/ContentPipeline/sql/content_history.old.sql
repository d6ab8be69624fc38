-- name: content_history.old
-- takes: $1 date (first day), $2 date (last day), $3 text[] (generators, NULL: all), $4 integer (limit)
-- gives: section text, posts bigint, generators bigint, first_post text, last_post text, generator_name text,
--        decision_id bigint, tweet_id text, content text, posted_at text, topic text, angle text
-- why: totals (always one row), by_generator (most posts first), and the newest posts; days are UTC days of posted_at
--      Asked of the old tables as production does: each decision looks up its latest row in every table. Equal to the
--      new one also while skipped rows are visible, but for those that were refused.

WITH candidates AS (
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
      o.scheduled_at, o.generator_name, o.topic, o.angle,
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
      o.scheduled_for, o.generator_used, o.topic, o.angle,
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
posted AS MATERIALIZED (
  SELECT a.decision_id, a.tweet_id, a.content, a.posted_at, a.generator_name, a.topic, a.angle
  FROM all_posted a
  WHERE a.posted_at >= ($1::date)::timestamp AT TIME ZONE 'UTC'
    AND a.posted_at < ($2::date + 1)::timestamp AT TIME ZONE 'UTC'
    AND ($3::text[] IS NULL OR a.generator_name = ANY($3::text[]))
),
newest AS (
  SELECT p.decision_id, p.tweet_id, p.content, p.posted_at, p.generator_name, p.topic, p.angle
  FROM posted p
  ORDER BY p.posted_at DESC, p.decision_id
  LIMIT $4::integer
)
SELECT
  h.section, h.posts, h.generators, h.first_post, h.last_post, h.generator_name, h.decision_id, h.tweet_id, h.content,
  to_char(h.posted_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS posted_at, h.topic, h.angle
FROM (
  SELECT
    1 AS place, 'totals'::text AS section, COUNT(*) AS posts, COUNT(DISTINCT p.generator_name) AS generators,
    to_char(MIN(p.posted_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS first_post,
    to_char(MAX(p.posted_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS last_post,
    NULL::text AS generator_name, NULL::bigint AS decision_id, NULL::text AS tweet_id, NULL::text AS content,
    NULL::timestamptz AS posted_at, NULL::text AS topic, NULL::text AS angle
  FROM posted p
  UNION ALL
  SELECT 2, 'by_generator', COUNT(*), NULL, NULL, NULL, p.generator_name, NULL, NULL, NULL, NULL, NULL, NULL
  FROM posted p
  GROUP BY p.generator_name
  UNION ALL
  SELECT
    3, 'posts', NULL, NULL, NULL, NULL, n.generator_name, n.decision_id, n.tweet_id, n.content, n.posted_at, n.topic,
    n.angle
  FROM newest n) h
ORDER BY
  h.place, h.posts DESC, h.posted_at DESC, h.decision_id, h.generator_name COLLATE "C" NULLS LAST
