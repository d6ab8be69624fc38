-- name: content_engagement_posts.old
-- takes: $1 date (first day), $2 date (last day), $3 text[] (generators, NULL: all), $4 integer (limit)
-- gives: section text, decision_id bigint, tweet_id text, collected_pass text, collected_at text, likes bigint,
--        retweets bigint, views bigint, engagement_rate numeric
-- why: the last snapshot of each post at each pass, the newest post first; tweet_id is the post's. The limit is one of
--      rows
--      Asked of the old tables as production does: each decision looks up its latest row in every table. Equal to the
--      new one also while skipped rows are visible, but for those that were refused.

WITH
-- include: content_old_posted
posted AS MATERIALIZED (
  SELECT a.decision_id, a.tweet_id, a.posted_at
  FROM all_posted a
  WHERE a.posted_at >= ($1::date)::timestamp AT TIME ZONE 'UTC'
    AND a.posted_at < ($2::date + 1)::timestamp AT TIME ZONE 'UTC'
    AND ($3::text[] IS NULL OR a.generator_name = ANY($3::text[]))
),
-- include: content_old_snapshots
last_snapshots AS (
  SELECT DISTINCT ON (s.decision_id, s.collected_pass)
    s.decision_id, (s.post).tweet_id, (s.post).posted_at, s.collected_pass, s.collected_at, s.likes, s.retweets, s.views,
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
