-- name: content_history.old
-- takes: $1 date (first day), $2 date (last day), $3 text[] (generators, NULL: all), $4 integer (limit)
-- gives: section text, posts bigint, generators bigint, first_post text, last_post text, generator_name text,
--        decision_id bigint, tweet_id text, content text, posted_at text, topic text, angle text
-- why: totals (always one row), by_generator (most posts first), and the newest posts; days are UTC days of posted_at
--      Asked of the old tables as production does: each decision looks up its latest row in every table. Equal to the
--      new one also while skipped rows are visible, but for those that were refused.

WITH
-- include: content_old_posted
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
