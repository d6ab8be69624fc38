-- name: social_posts.old
-- takes: $1 uuid (organization), $2 date (first day), $3 date (last day), $4 text (status, or all), $5 integer (limit)
-- gives: section text, status text, posts bigint, entity_id bigint, platform text, at text, text text, caption text,
--        hashtags json, media json
-- why: how many posts of each status, and the newest posts; a post's time is when it was published, else when it is
--      planned, else when it was written. Asked of the old tables as production does: posts of a workspace by its id or
--      its team, rows at fault skipped, values of a post or a day put together from every table that may have them.
--      Equal to the new one also while skipped rows are visible, but for those that were refused.

WITH
-- include: social_old_posts
found AS (
  SELECT s.id AS entity_id, s.status, s.platform, s.at
  FROM sound_posts s
  WHERE s.at >= ($2::date)::timestamp AT TIME ZONE 'UTC'
    AND s.at < ($3::date + 1)::timestamp AT TIME ZONE 'UTC'
    AND ($4::text = 'all' OR s.status = $4::text)
),
newest AS (
  SELECT f.entity_id, f.status, f.platform, f.at
  FROM found f
  ORDER BY f.at DESC, f.entity_id
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
    2, 'posts', n.status, NULL, n.entity_id, n.platform, n.at, p.text, p.caption, to_json(ARRAY(
      SELECT f.tag
      FROM (
        SELECT lower(m.found[1] COLLATE "C") COLLATE "default" AS tag, min(m.place) AS place
        FROM regexp_matches(p.hashtags, E'[^][ \t\r\n#,;"''{}]+', 'g') WITH ORDINALITY m (found, place)
        GROUP BY 1) f
      ORDER BY f.place)),
    (
      SELECT json_agg(json_build_object('url', u.url, 'kind', CASE
          WHEN lower(u.url COLLATE "C") ~ '\.(mp4|mov|webm|m4v)([?#]|$)' THEN 'video'
          WHEN lower(u.url COLLATE "C") ~ '\.(jpg|jpeg|png|gif|webp|avif|heic)([?#]|$)' THEN 'image'
          ELSE 'other' END,
        'details', CASE jsonb_typeof(e.item) WHEN 'object' THEN e.item - 'url' ELSE '{}' END) ORDER BY e.place)
      FROM jsonb_array_elements(CASE COALESCE(jsonb_typeof(p.media_urls), 'null')
      WHEN 'array' THEN p.media_urls WHEN 'null' THEN '[]' ELSE jsonb_build_array(p.media_urls) END)
        WITH ORDINALITY e (item, place)
      CROSS JOIN LATERAL (
        SELECT CASE jsonb_typeof(e.item) WHEN 'object' THEN e.item ->> 'url' ELSE e.item #>> '{}' END AS url) u)
  FROM newest n
  JOIN social.posts p ON p.id = n.entity_id) r
ORDER BY
  r.place, r.posts DESC, CASE r.place WHEN 1 THEN r.status END COLLATE "C", r.at DESC, r.entity_id
