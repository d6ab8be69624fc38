-- name: content_learning.new
-- takes: $1 date (first day), $2 date (last day), $3 text[] (generators, NULL: all), $4 integer (limit)
-- gives: section text, decision_id bigint, content text, status text, generator_name text, topic text, angle text,
--        tone text, visual_format text, scheduled_at text, posted_at text, tweet_id text, hours_to_post numeric,
--        likes_1h bigint, retweets_1h bigint, views_1h bigint, engagement_rate_1h numeric, likes_24h bigint,
--        retweets_24h bigint, views_24h bigint, engagement_rate_24h numeric, likes_7d bigint, retweets_7d bigint,
--        views_7d bigint, engagement_rate_7d numeric
-- why: what was decided beside what came of it, for those who learn: the newest posts, each with its last snapshot of
--      every pass. Generator, topic and angle are the post's; content, status, tone and format the queue's

WITH posted AS MATERIALIZED (
  SELECT p.decision_id, p.tweet_id, p.posted_at, p.generator_name, p.topic, p.angle
  FROM content.posted_content p
  WHERE p.posted_at >= ($1::date)::timestamp AT TIME ZONE 'UTC'
    AND p.posted_at < ($2::date + 1)::timestamp AT TIME ZONE 'UTC'
    AND ($3::text[] IS NULL OR p.generator_name = ANY($3::text[]))
  ORDER BY p.posted_at DESC, p.decision_id
  LIMIT $4::integer
),
decisions AS (
  SELECT
    p.decision_id, p.tweet_id, p.posted_at, p.generator_name, p.topic, p.angle, q.content, q.status, q.scheduled_at,
    q.tone, q.visual_format
  FROM posted p
  JOIN content.content_queue q ON q.decision_id = p.decision_id
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
  h.likes AS likes_1h,
  h.retweets AS retweets_1h,
  h.views AS views_1h,
  h.engagement_rate AS engagement_rate_1h,
  d.likes AS likes_24h,
  d.retweets AS retweets_24h,
  d.views AS views_24h,
  d.engagement_rate AS engagement_rate_24h,
  w.likes AS likes_7d,
  w.retweets AS retweets_7d,
  w.views AS views_7d,
  w.engagement_rate AS engagement_rate_7d
FROM decisions p
LEFT JOIN LATERAL (
  SELECT s.likes, s.retweets, s.views, s.engagement_rate
  FROM content.engagement_metrics s
  WHERE s.decision_id = p.decision_id AND s.collected_pass = 'T+1h'
  ORDER BY s.collected_at DESC
  LIMIT 1) h ON true
LEFT JOIN LATERAL (
  SELECT s.likes, s.retweets, s.views, s.engagement_rate
  FROM content.engagement_metrics s
  WHERE s.decision_id = p.decision_id AND s.collected_pass = 'T+24h'
  ORDER BY s.collected_at DESC
  LIMIT 1) d ON true
LEFT JOIN LATERAL (
  SELECT s.likes, s.retweets, s.views, s.engagement_rate
  FROM content.engagement_metrics s
  WHERE s.decision_id = p.decision_id AND s.collected_pass = 'T+7d'
  ORDER BY s.collected_at DESC
  LIMIT 1) w ON true
ORDER BY p.posted_at DESC, p.decision_id
