-- name: content_engagement_groups.new
-- takes: $1 date (first day), $2 date (last day), $3 text[] (generators, NULL: all), $4 text (generator, topic or
--        angle)
-- gives: section text, value text, collected_pass text, posts bigint, snapshots bigint, likes numeric,
--        retweets numeric, views numeric, avg_engagement_rate numeric
-- why: by value and pass: each post counts with its last snapshot of the pass; `snapshots` counts them all. Posts
--      without a value come last

-- each post looks up its own snapshots, which lie together: OFFSET keeps that from becoming a scan of all snapshots
WITH snapshots AS (
  SELECT
    p.decision_id, p.generator_name, p.topic, p.angle, e.collected_at, e.collected_pass, e.likes, e.retweets, e.views,
    e.engagement_rate
  FROM content.posted_content p
  CROSS JOIN LATERAL (
    SELECT s.collected_at, s.collected_pass, s.likes, s.retweets, s.views, s.engagement_rate
    FROM content.engagement_metrics s
    WHERE s.decision_id = p.decision_id
    OFFSET 0) e
  WHERE p.posted_at >= ($1::date)::timestamp AT TIME ZONE 'UTC'
    AND p.posted_at < ($2::date + 1)::timestamp AT TIME ZONE 'UTC'
    AND ($3::text[] IS NULL OR p.generator_name = ANY($3::text[]))
),
grouped AS (
  SELECT
    CASE $4::text
      WHEN 'generator' THEN s.generator_name WHEN 'topic' THEN s.topic WHEN 'angle' THEN s.angle END AS value,
    s.decision_id, s.collected_pass, s.likes, s.retweets, s.views, s.engagement_rate,
    row_number() OVER (PARTITION BY s.decision_id, s.collected_pass ORDER BY s.collected_at DESC) AS age
  FROM snapshots s
)
SELECT
  'groups'::text AS section,
  g.value,
  g.collected_pass,
  COUNT(*) FILTER (WHERE g.age = 1) AS posts,
  COUNT(*) AS snapshots,
  SUM(g.likes) FILTER (WHERE g.age = 1) AS likes,
  SUM(g.retweets) FILTER (WHERE g.age = 1) AS retweets,
  SUM(g.views) FILTER (WHERE g.age = 1) AS views,
  ROUND(AVG(g.engagement_rate) FILTER (WHERE g.age = 1), 4) AS avg_engagement_rate
FROM grouped g
GROUP BY g.value, g.collected_pass
ORDER BY g.value COLLATE "C" NULLS LAST, g.collected_pass COLLATE "C"
