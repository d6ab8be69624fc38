-- name: social_posts.new
-- takes: $1 uuid (organization), $2 date (first day), $3 date (last day), $4 text (status, or all), $5 integer (limit)
-- gives: section text, status text, posts bigint, entity_id bigint, platform text, at text, text text, caption text,
--        hashtags json, media json
-- why: how many posts of each status, and the newest posts; a post's time is when it was published, else when it is
--      planned, else when it was written

WITH found AS (
  SELECT p.status
  FROM social.posts_core p
  WHERE p.organization_id = $1::uuid
    AND p.happens_at >= ($2::date)::timestamp AT TIME ZONE 'UTC'
    AND p.happens_at < ($3::date + 1)::timestamp AT TIME ZONE 'UTC'
    AND ($4::text = 'all' OR p.status = $4::text)
),
newest AS (
  SELECT p.entity_id, p.status, p.platform, p.happens_at AS at
  FROM social.posts_core p
  WHERE p.organization_id = $1::uuid
    AND p.happens_at >= ($2::date)::timestamp AT TIME ZONE 'UTC'
    AND p.happens_at < ($3::date + 1)::timestamp AT TIME ZONE 'UTC'
    AND ($4::text = 'all' OR p.status = $4::text)
  ORDER BY p.happens_at DESC, p.entity_id
  LIMIT $5::integer
)
SELECT
  r.section, r.status, r.posts, r.entity_id, r.platform,
  to_char(r.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at, r.text, r.caption, r.hashtags, r.media
FROM (
  SELECT
    1 AS place, 'by_status'::text AS section, f.status, COUNT(*) AS posts, NULL::bigint AS entity_id,
    NULL::text AS platform, NULL::timestamptz AS at, NULL::text AS text, NULL::text AS caption, NULL::json AS hashtags,
    NULL::json AS media
  FROM found f
  GROUP BY f.status
  UNION ALL
  SELECT
    2, 'posts', n.status, NULL, n.entity_id, n.platform, n.at, c.text, c.caption, to_json(c.hashtags),
    (
      SELECT json_agg(json_build_object('url', f.url, 'kind', f.kind, 'details', l.details) ORDER BY l.position)
      FROM social.post_media_links l
      JOIN social.media_files f ON f.id = l.media_id
      WHERE l.entity_id = n.entity_id)
  FROM newest n
  JOIN social.posts_content c ON c.entity_id = n.entity_id) r
ORDER BY
  r.place, r.posts DESC, CASE r.place WHEN 1 THEN r.status END COLLATE "C", r.at DESC, r.entity_id
