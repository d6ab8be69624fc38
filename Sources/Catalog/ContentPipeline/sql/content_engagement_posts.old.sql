-- name: content_engagement_posts.old
-- takes: $1 date (first day), $2 date (last day), $3 text[] (generators, NULL: all), $4 integer (limit)
-- gives: section text, decision_id bigint, tweet_id text, collected_pass text, collected_at text, likes bigint,
--        retweets bigint, views bigint, engagement_rate numeric
-- why: the last snapshot of each post at each pass, the newest post first; tweet_id is the post's. The limit is one of
--      rows
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
  SELECT a.decision_id, a.tweet_id, a.posted_at
  FROM all_posted a
  WHERE a.posted_at >= ($1::date)::timestamp AT TIME ZONE 'UTC'
    AND a.posted_at < ($2::date + 1)::timestamp AT TIME ZONE 'UTC'
    AND ($3::text[] IS NULL OR a.generator_name = ANY($3::text[]))
),
snapshots AS MATERIALIZED (
  SELECT
    c.decision_id, c.tweet_id, c.posted_at, k.collected_at,
    COALESCE(o.pass, r.pass, m.pass, CASE
      WHEN k.collected_at - c.posted_at >= INTERVAL '7 days' THEN 'T+7d'
      WHEN k.collected_at - c.posted_at >= INTERVAL '24 hours' THEN 'T+24h'
      ELSE 'T+1h' END) AS collected_pass,
    COALESCE(o.likes, r.likes_count, a.likes, m.likes_count) AS likes,
    COALESCE(o.retweets, r.retweets_count, a.retweets, m.retweets_count) AS retweets,
    COALESCE(r.impressions, a.impressions, o.views, m.views_count) AS views,
    COALESCE(o.rate, r.rate, a.rate) AS rate
  FROM posted c
  CROSS JOIN LATERAL (
    SELECT o.collected_at FROM content.outcomes o WHERE o.decision_id = c.decision_id
    UNION
    SELECT r.collected_at FROM content.real_tweet_metrics r WHERE r.decision_id = c.decision_id
    UNION
    SELECT a.captured_at FROM content.tweet_analytics a WHERE a.decision_id = c.decision_id
    UNION
    SELECT t.captured_at FROM content.tweet_metrics t WHERE t.decision_id = c.decision_id) k
  LEFT JOIN LATERAL (
    SELECT
      o.tweet_id, o.likes, o.retweets, o.views, ROUND(o.engagement_rate, 4) AS rate,
      CASE lower(btrim(o.collected_pass, E' \t\r\n') COLLATE "C")
        WHEN 't+1h' THEN 'T+1h' WHEN 't+24h' THEN 'T+24h' WHEN 't+7d' THEN 'T+7d' END AS pass,
      (LEAST(o.likes, o.retweets, o.views) >= 0) IS NOT FALSE
        AND (ROUND(o.engagement_rate, 4) BETWEEN -999.9999 AND 999.9999) IS NOT FALSE
        AND (lower(btrim(o.collected_pass, E' \t\r\n') COLLATE "C") IN ('t+1h', 't+24h', 't+7d')) IS NOT FALSE
        AND (o.collected_at >= '0001-01-01 00:00:00+00' AND o.collected_at < '10000-01-01 00:00:00+00') IS NOT FALSE
        AS is_good
    FROM content.outcomes o
    WHERE o.decision_id = c.decision_id AND o.collected_at = k.collected_at
    ORDER BY o.created_at DESC, o.id DESC
    LIMIT 1) o ON o.is_good
  LEFT JOIN LATERAL (
    SELECT
      o.tweet_id, o.likes_count, o.retweets_count, o.impressions, ROUND(o.engagement_rate, 4) AS rate,
      CASE lower(btrim(o.collection_phase, E' \t\r\n') COLLATE "C")
        WHEN 't+1h' THEN 'T+1h' WHEN 't+24h' THEN 'T+24h' WHEN 't+7d' THEN 'T+7d' END AS pass,
      (LEAST(o.likes_count, o.retweets_count, o.impressions) >= 0) IS NOT FALSE
        AND (ROUND(o.engagement_rate, 4) BETWEEN -999.9999 AND 999.9999) IS NOT FALSE
        AND (lower(btrim(o.collection_phase, E' \t\r\n') COLLATE "C") IN ('t+1h', 't+24h', 't+7d')) IS NOT FALSE
        AND (o.collected_at >= '0001-01-01 00:00:00+00' AND o.collected_at < '10000-01-01 00:00:00+00') IS NOT FALSE
        AS is_good
    FROM content.real_tweet_metrics o
    WHERE o.decision_id = c.decision_id AND o.collected_at = k.collected_at
    ORDER BY GREATEST(o.created_at, o.updated_at) DESC, o.id DESC
    LIMIT 1) r ON r.is_good
  LEFT JOIN LATERAL (
    SELECT
      o.tweet_id, o.likes, o.retweets, o.impressions, ROUND(o.engagement_rate, 4) AS rate,
      (LEAST(o.likes, o.retweets, o.impressions) >= 0) IS NOT FALSE
        AND (ROUND(o.engagement_rate, 4) BETWEEN -999.9999 AND 999.9999) IS NOT FALSE
        AND (o.captured_at >= '0001-01-01 00:00:00+00' AND o.captured_at < '10000-01-01 00:00:00+00') IS NOT FALSE
        AS is_good
    FROM content.tweet_analytics o
    WHERE o.decision_id = c.decision_id AND o.captured_at = k.collected_at
    ORDER BY o.created_at DESC, o.id DESC
    LIMIT 1) a ON a.is_good
  LEFT JOIN LATERAL (
    SELECT
      o.tweet_id, o.likes_count, o.retweets_count, o.views_count,
      CASE lower(btrim(o.collection_phase, E' \t\r\n') COLLATE "C")
        WHEN 't+1h' THEN 'T+1h' WHEN 't+24h' THEN 'T+24h' WHEN 't+7d' THEN 'T+7d' END AS pass,
      (LEAST(o.likes_count, o.retweets_count, o.views_count) >= 0) IS NOT FALSE
        AND (lower(btrim(o.collection_phase, E' \t\r\n') COLLATE "C") IN ('t+1h', 't+24h', 't+7d')) IS NOT FALSE
        AND (o.captured_at >= '0001-01-01 00:00:00+00' AND o.captured_at < '10000-01-01 00:00:00+00') IS NOT FALSE
        AS is_good
    FROM content.tweet_metrics o
    WHERE o.decision_id = c.decision_id AND o.captured_at = k.collected_at
    ORDER BY GREATEST(o.created_at, o.updated_at) DESC, o.id DESC
    LIMIT 1) m ON m.is_good
  WHERE o.is_good OR r.is_good OR a.is_good OR m.is_good
),
rated_snapshots AS (
  SELECT
    s.decision_id, s.tweet_id, s.posted_at, s.collected_at, s.collected_pass, s.likes, s.retweets, s.views,
    COALESCE(s.rate, CASE
      WHEN s.views > 0 AND ROUND((s.likes::numeric + s.retweets) / NULLIF(s.views, 0), 4) < 1000
        THEN ROUND((s.likes::numeric + s.retweets) / NULLIF(s.views, 0), 4) END)::numeric(7,4) AS engagement_rate
  FROM snapshots s
),
last_snapshots AS (
  SELECT DISTINCT ON (s.decision_id, s.collected_pass)
    s.decision_id, s.tweet_id, s.posted_at, s.collected_pass, s.collected_at, s.likes, s.retweets, s.views,
    s.engagement_rate
  FROM rated_snapshots s
  ORDER BY s.decision_id, s.collected_pass, s.collected_at DESC
)
SELECT
  'posts'::text AS section,
  l.decision_id,
  l.tweet_id,
  l.collected_pass,
  to_char(l.collected_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS collected_at,
  l.likes,
  l.retweets,
  l.views,
  l.engagement_rate
FROM last_snapshots l
ORDER BY l.posted_at DESC, l.decision_id, l.collected_pass COLLATE "C"
LIMIT $4::integer
