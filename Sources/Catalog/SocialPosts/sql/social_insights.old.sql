-- name: social_insights.old
-- takes: $1 uuid (organization), $2 date (first day), $3 date (last day), $4 text (order: views, likes, comments or
--        shares), $5 integer (limit)
-- gives: section text, platform text, posts bigint, likes numeric, comments numeric, shares numeric, views numeric,
--        entity_id bigint, at text, counted_at text, reel_shortcode text, reel_music text, reel_seconds integer,
--        platform_data json
-- why: what platforms say of posts as a whole: totals, by platform, and the posts with the most of something Asked of
--      the old tables as production does: posts of a workspace by its id or its team, rows at fault skipped, values of
--      a post or a day put together from every table that may have them. Equal to the new one also while skipped rows
--      are visible, but for those that were refused.

WITH
-- include: social_old_posts
found AS (
  SELECT
    p.id AS entity_id, p.platform, p.at, p.like_count AS likes, p.comment_count AS comments, p.share_count AS shares,
    p.view_count AS views, p.counted_at
  FROM sound_posts p
  WHERE p.at >= ($2::date)::timestamp AT TIME ZONE 'UTC'
    AND p.at < ($3::date + 1)::timestamp AT TIME ZONE 'UTC'
    AND (num_nonnulls(p.like_count, p.comment_count, p.share_count, p.view_count, p.counted_at, p.platform_data) > 0
      OR EXISTS (
        SELECT FROM (SELECT p.id AS entity_id) t
-- include: social_old_reels
        WHERE num_nonnulls(s.shortcode, s.music, s.seconds, d.shortcode, d.music, d.seconds) > 0))
),
top AS (
  SELECT
    f.entity_id, f.platform, f.at, f.likes, f.comments, f.shares, f.views, f.counted_at,
    CASE $4::text
      WHEN 'likes' THEN f.likes WHEN 'comments' THEN f.comments WHEN 'shares' THEN f.shares ELSE f.views END AS sought
  FROM found f
  ORDER BY 9 DESC NULLS LAST, f.at DESC, f.entity_id
  LIMIT $5::integer
)
SELECT
  r.section, r.platform, r.posts, r.likes, r.comments, r.shares, r.views, r.entity_id,
  to_char(r.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at,
  to_char(r.counted_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS counted_at, r.reel_shortcode,
  r.reel_music, r.reel_seconds, r.platform_data
FROM (
  SELECT
    1 AS place, 'totals'::text AS section, NULL::text AS platform, COUNT(*) AS posts, SUM(f.likes) AS likes,
    SUM(f.comments) AS comments, SUM(f.shares) AS shares, SUM(f.views) AS views, NULL::bigint AS entity_id,
    NULL::timestamptz AS at, NULL::timestamptz AS counted_at, NULL::text AS reel_shortcode, NULL::text AS reel_music,
    NULL::integer AS reel_seconds, NULL::json AS platform_data, NULL::bigint AS sought
  FROM found f
  UNION ALL
  SELECT
    2, 'by_platform', f.platform, COUNT(*), SUM(f.likes), SUM(f.comments), SUM(f.shares), SUM(f.views), NULL, NULL,
      NULL,
    NULL, NULL, NULL, NULL, NULL
  FROM found f
  GROUP BY f.platform
  UNION ALL
  SELECT
    3, 'posts', t.platform, NULL, t.likes, t.comments, t.shares, t.views, t.entity_id, t.at, t.counted_at,
    COALESCE(s.shortcode, d.shortcode), COALESCE(s.music, d.music), COALESCE(s.seconds, d.seconds),
    p.platform_data::json, t.sought
  FROM top t
  JOIN social.posts p ON p.id = t.entity_id
-- include: social_old_reels
  ) r
ORDER BY r.place, r.sought DESC NULLS LAST, r.posts DESC, r.at DESC, r.entity_id, r.platform COLLATE "C"
