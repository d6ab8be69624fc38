-- name: social_old_posts
-- takes: $1 uuid (organization)
-- gives: sound_posts (id bigint, platform text, status text, at timestamptz, and columns of posts by their names)
-- why: a part of the old services: the posts of an organization that are not at fault, as production finds them: by the
--      workspace's id or by its team

sound_posts AS (
  SELECT
    p.id, lower(btrim(p.platform, E' \t\r\n') COLLATE "C") COLLATE "default" AS platform,
    lower(btrim(p.status, E' \t\r\n') COLLATE "C") COLLATE "default" AS status,
    COALESCE(p.published_at, p.scheduled_at, p.created_at) AS at, p.text, p.embedding, p.embedding_model, p.like_count,
    p.comment_count, p.share_count, p.view_count, p.counted_at, p.platform_data
  FROM social.workspaces w
  JOIN social.posts p ON p.workspace_id = w.id
    OR lower(btrim(p.team, E' \t\r\n') COLLATE "C") COLLATE "default" = w.slug
      AND NOT EXISTS (SELECT FROM social.workspaces o WHERE o.id = p.workspace_id)
  WHERE w.id = $1::uuid
    AND lower(btrim(p.status, E' \t\r\n') COLLATE "C") COLLATE "default" IN
      ('draft', 'scheduled', 'published', 'failed', 'archived')
    AND lower(btrim(p.platform, E' \t\r\n') COLLATE "C") COLLATE "default" IN
      ('instagram', 'tiktok', 'x', 'facebook', 'linkedin', 'youtube')
    AND NOT EXISTS (
      SELECT FROM jsonb_array_elements(CASE COALESCE(jsonb_typeof(p.media_urls), 'null')
        WHEN 'array' THEN p.media_urls WHEN 'null' THEN '[]' ELSE jsonb_build_array(p.media_urls) END) e (item)
      WHERE COALESCE(CASE jsonb_typeof(e.item)
        WHEN 'string' THEN e.item #>> '{}'
        WHEN 'object' THEN CASE jsonb_typeof(e.item -> 'url') WHEN 'string' THEN e.item ->> 'url' END END, '') = '')
    AND LEAST(p.like_count, p.comment_count, p.share_count, p.view_count) < 0 IS NOT TRUE
    AND (p.scheduled_at >= '0001-01-01 00:00:00+00' AND p.scheduled_at < '10000-01-01 00:00:00+00') IS NOT FALSE
    AND (p.published_at >= '0001-01-01 00:00:00+00' AND p.published_at < '10000-01-01 00:00:00+00') IS NOT FALSE
    AND (p.counted_at >= '0001-01-01 00:00:00+00' AND p.counted_at < '10000-01-01 00:00:00+00') IS NOT FALSE
    AND (p.created_at >= '0001-01-01 00:00:00+00' AND p.created_at < '10000-01-01 00:00:00+00') IS NOT FALSE
),
