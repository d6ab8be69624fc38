-- name: content_engagement_groups.old
-- takes: $1 date (first day), $2 date (last day), $3 text[] (generators, NULL: all), $4 text (generator, topic or
--        angle)
-- gives: section text, value text, collected_pass text, posts bigint, snapshots bigint, likes numeric,
--        retweets numeric, views numeric, avg_engagement_rate numeric
-- why: by value and pass: each post counts with its last snapshot of the pass; `snapshots` counts them all. Posts
--      without a value come last
--      Asked of the old tables as production does: each decision looks up its latest row in every table. Equal to the
--      new one also while skipped rows are visible, but for those that were refused.

WITH
-- include: content_old_posted
posted AS MATERIALIZED (
  SELECT a.decision_id, a.posted_at, a.generator_name, a.topic, a.angle
  FROM all_posted a
  WHERE a.posted_at >= ($1::date)::timestamp AT TIME ZONE 'UTC'
    AND a.posted_at < ($2::date + 1)::timestamp AT TIME ZONE 'UTC'
    AND ($3::text[] IS NULL OR a.generator_name = ANY($3::text[]))
),
-- include: content_old_snapshots
grouped AS (
  SELECT
    CASE $4::text
      WHEN 'generator' THEN (s.post).generator_name WHEN 'topic' THEN (s.post).topic
      WHEN 'angle' THEN (s.post).angle END AS value,
    s.decision_id, s.collected_pass, s.likes, s.retweets, s.views, s.engagement_rate,
    row_number() OVER (PARTITION BY s.decision_id, s.collected_pass ORDER BY s.collected_at DESC) AS age
  FROM rated_snapshots s
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
