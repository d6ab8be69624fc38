-- name: content_learning.old
-- takes: $1 date (first day), $2 date (last day), $3 text[] (generators, NULL: all), $4 integer (limit)
-- gives: section text, decision_id bigint, content text, status text, generator_name text, topic text, angle text,
--        tone text, visual_format text, scheduled_at text, posted_at text, tweet_id text, hours_to_post numeric,
--        likes_1h bigint, retweets_1h bigint, views_1h bigint, engagement_rate_1h numeric, likes_24h bigint,
--        retweets_24h bigint, views_24h bigint, engagement_rate_24h numeric, likes_7d bigint, retweets_7d bigint,
--        views_7d bigint, engagement_rate_7d numeric
-- why: what was decided beside what came of it, for those who learn: the newest posts, each with its last snapshot of
--      every pass. Generator, topic and angle are the post's; content, status, tone and format the queue's
--      Asked of the old tables as production does: each decision looks up its latest row in every table. Equal to the
--      new one also while skipped rows are visible, but for those that were refused.

WITH
-- include: content_old_posted
posted AS MATERIALIZED (
  SELECT
    a.decision_id, a.queue_content AS content, a.status, a.scheduled_at, a.tone, a.visual_format, a.tweet_id,
    a.posted_at, a.generator_name, a.topic, a.angle
  FROM all_posted a
  WHERE a.posted_at >= ($1::date)::timestamp AT TIME ZONE 'UTC'
    AND a.posted_at < ($2::date + 1)::timestamp AT TIME ZONE 'UTC'
    AND ($3::text[] IS NULL OR a.generator_name = ANY($3::text[]))
  ORDER BY a.posted_at DESC, a.decision_id
  LIMIT $4::integer
),
-- include: content_old_snapshots
last_snapshots AS (
  SELECT DISTINCT ON (s.decision_id, s.collected_pass)
    s.decision_id, s.collected_pass, s.likes, s.retweets, s.views, s.engagement_rate
  FROM rated_snapshots s
  ORDER BY s.decision_id, s.collected_pass, s.collected_at DESC
),
passes AS (
  SELECT
    l.decision_id,
    max(l.likes) FILTER (WHERE l.collected_pass = 'T+1h') AS likes_1h,
    max(l.retweets) FILTER (WHERE l.collected_pass = 'T+1h') AS retweets_1h,
    max(l.views) FILTER (WHERE l.collected_pass = 'T+1h') AS views_1h,
    max(l.engagement_rate) FILTER (WHERE l.collected_pass = 'T+1h') AS engagement_rate_1h,
    max(l.likes) FILTER (WHERE l.collected_pass = 'T+24h') AS likes_24h,
    max(l.retweets) FILTER (WHERE l.collected_pass = 'T+24h') AS retweets_24h,
    max(l.views) FILTER (WHERE l.collected_pass = 'T+24h') AS views_24h,
    max(l.engagement_rate) FILTER (WHERE l.collected_pass = 'T+24h') AS engagement_rate_24h,
    max(l.likes) FILTER (WHERE l.collected_pass = 'T+7d') AS likes_7d,
    max(l.retweets) FILTER (WHERE l.collected_pass = 'T+7d') AS retweets_7d,
    max(l.views) FILTER (WHERE l.collected_pass = 'T+7d') AS views_7d,
    max(l.engagement_rate) FILTER (WHERE l.collected_pass = 'T+7d') AS engagement_rate_7d
  FROM last_snapshots l
  GROUP BY l.decision_id
)
SELECT
  'decisions'::text AS section,
  p.decision_id,
  p.content,
  p.status,
  p.generator_name,
  p.topic,
  p.angle,
  p.tone,
  p.visual_format,
  to_char(p.scheduled_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS scheduled_at,
  to_char(p.posted_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS posted_at,
  p.tweet_id,
  ROUND(EXTRACT(EPOCH FROM p.posted_at - p.scheduled_at) / 3600, 2) AS hours_to_post,
  s.likes_1h,
  s.retweets_1h,
  s.views_1h,
  s.engagement_rate_1h,
  s.likes_24h,
  s.retweets_24h,
  s.views_24h,
  s.engagement_rate_24h,
  s.likes_7d,
  s.retweets_7d,
  s.views_7d,
  s.engagement_rate_7d
FROM posted p
FULL JOIN passes s ON s.decision_id = p.decision_id
ORDER BY p.posted_at DESC, p.decision_id
