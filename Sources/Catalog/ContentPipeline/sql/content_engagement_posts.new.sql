-- name: content_engagement_posts.new
-- takes: $1 date (first day), $2 date (last day), $3 text[] (generators, NULL: all), $4 integer (limit)
-- gives: section text, decision_id bigint, tweet_id text, collected_pass text, collected_at text, likes bigint,
--        retweets bigint, views bigint, engagement_rate numeric
-- why: the last snapshot of each post at each pass, the newest post first; tweet_id is the post's. The limit is one of
--      rows

SELECT
  'posts'::text AS section,
  p.decision_id,
  p.tweet_id,
  l.collected_pass,
  to_char(l.collected_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS collected_at,
  l.likes,
  l.retweets,
  l.views,
  l.engagement_rate
FROM content.posted_content p
CROSS JOIN LATERAL (
  SELECT DISTINCT ON (e.collected_pass COLLATE "C")
    e.collected_pass, e.collected_at, e.likes, e.retweets, e.views, e.engagement_rate
  FROM content.engagement_metrics e
  WHERE e.decision_id = p.decision_id
  ORDER BY e.collected_pass COLLATE "C", e.collected_at DESC) l
WHERE p.posted_at >= ($1::date)::timestamp AT TIME ZONE 'UTC'
  AND p.posted_at < ($2::date + 1)::timestamp AT TIME ZONE 'UTC'
  AND ($3::text[] IS NULL OR p.generator_name = ANY($3::text[]))
ORDER BY p.posted_at DESC, p.decision_id, l.collected_pass COLLATE "C"
LIMIT $4::integer
