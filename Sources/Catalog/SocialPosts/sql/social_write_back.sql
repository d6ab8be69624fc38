-- name: social_write_back
-- takes: $1 bigint[] (entities, which the caller has locked in an earlier statement)
-- gives: written bigint
-- why: the old rows that the new rows stand for, where there are none or others; counts the rows inserted, updated and
--      deleted. Column by column, as content_write_back: where the sources come to another value than the new row has,
--      the latest row of each source that is not at fault gets the new value; all other values stay, also those that
--      lost. Numbers of a day that differ get a row in daily_stats, those of another moment one in
--      instagramreelsscraper. Where there is no new row, the old rows that would map are deleted, or say nothing any
--      more. Entities whose mapping is right are not touched. Joins of materialized parts are FULL JOINs.

WITH refused (table_name, id) AS (SELECT NULL::text, NULL::bigint WHERE false),
-- include: social_mapped_rows
post_now AS MATERIALIZED (
  SELECT
    n.entity_id AS id, n.organization_id, n.user_id, n.account_id, n.platform, n.platform_post_id, n.status,
    n.scheduled_at, n.published_at, n.created_at, c.text, c.caption, c.hashtags,
    i.likes AS like_count, i.comments AS comment_count, i.shares AS share_count, i.views AS view_count, i.counted_at,
    i.platform_data, i.reel_shortcode, i.reel_music, i.reel_seconds,
    (
      SELECT jsonb_agg(
        CASE WHEN l.details = '{}' THEN to_jsonb(f.url) ELSE l.details || jsonb_build_object('url', f.url) END
        ORDER BY l.position)
      FROM social.post_media_links l
      JOIN social.media_files f ON f.id = l.media_id
      WHERE l.entity_id = n.entity_id) AS media_urls,
    e.embedding, e.model, e.version
  FROM social.posts_core n
  LEFT JOIN social.posts_content c ON c.entity_id = n.entity_id
  LEFT JOIN social.post_insights i ON i.entity_id = n.entity_id
  LEFT JOIN LATERAL (
    SELECT v.embedding, v.model, v.version
    FROM social.embeddings v
    WHERE v.entity_id = n.entity_id AND v.entity_type = 'post'
    ORDER BY v.version DESC, v.model COLLATE "C"
    LIMIT 1) e ON true
  WHERE n.entity_id = ANY($1::bigint[])
),
media_before AS MATERIALIZED (
  SELECT
    l.entity_id, jsonb_agg(
      CASE WHEN l.details = '{}' THEN to_jsonb(l.url) ELSE l.details || jsonb_build_object('url', l.url) END
      ORDER BY l.position) AS media_urls
  FROM post_media l
  GROUP BY l.entity_id
),
post_writes AS MATERIALIZED (
  SELECT
    n.id, b.id AS old_id, b.reason,
    n.id IS NULL AND b.reason IS NULL AS is_over,
    n.id IS NOT NULL AND b.id IS NULL AS is_missing,
    n.id IS NOT NULL AND b.reason IS NOT NULL AS is_mended,
    n.organization_id, n.user_id, n.account_id, n.platform, n.platform_post_id, n.status, n.scheduled_at,
    n.published_at, n.created_at, n.text, n.caption, n.like_count, n.comment_count, n.share_count, n.view_count,
    n.counted_at, n.platform_data, n.media_urls, n.embedding,
    '#' || NULLIF(array_to_string(n.hashtags, ' #'), '') AS hashtags,
    n.model || CASE WHEN n.version > 1 THEN '@' || n.version ELSE '' END AS model,
    n.organization_id IS DISTINCT FROM b.organization_id AS organization_id_differs,
    n.platform IS DISTINCT FROM b.platform AS platform_differs,
    n.status IS DISTINCT FROM b.status AS status_differs,
    n.hashtags IS DISTINCT FROM b.hashtags AS hashtags_differs,
    ROW(n.media_urls)::record *<> ROW(m.media_urls)::record AS media_urls_differs,
    ROW(n.embedding, n.model || '@' || n.version)::record
      *<> ROW(b.embedding, CASE WHEN b.embedding IS NOT NULL
        THEN b.model || CASE WHEN strpos(b.model, '@') = 0 THEN '@1' ELSE '' END END)::record AS embedding_differs,
    n.user_id IS DISTINCT FROM b.user_id AS user_id_differs,
    n.account_id IS DISTINCT FROM b.account_id AS account_id_differs,
    n.platform_post_id IS DISTINCT FROM b.platform_post_id AS platform_post_id_differs,
    n.scheduled_at IS DISTINCT FROM b.scheduled_at AS scheduled_at_differs,
    n.published_at IS DISTINCT FROM b.published_at AS published_at_differs,
    n.text IS DISTINCT FROM b.text AS text_differs,
    n.caption IS DISTINCT FROM b.caption AS caption_differs,
    n.like_count IS DISTINCT FROM b.like_count AS like_count_differs,
    n.comment_count IS DISTINCT FROM b.comment_count AS comment_count_differs,
    n.share_count IS DISTINCT FROM b.share_count AS share_count_differs,
    n.view_count IS DISTINCT FROM b.view_count AS view_count_differs,
    n.counted_at IS DISTINCT FROM b.counted_at AS counted_at_differs,
    n.platform_data::text IS DISTINCT FROM b.platform_data::text AS platform_data_differs,
    n.created_at IS DISTINCT FROM b.created_at AS created_at_differs
  FROM post_now n
  FULL JOIN post_mapped b ON b.id = n.id
  FULL JOIN media_before m ON m.entity_id = n.id
  WHERE n.id IS NOT NULL OR b.id IS NOT NULL
),
changed_posts AS (
  UPDATE social.posts t SET
    workspace_id = CASE WHEN w.is_mended OR w.organization_id_differs THEN w.organization_id ELSE t.workspace_id END,
    platform = CASE WHEN w.is_mended OR w.platform_differs THEN w.platform ELSE t.platform END,
    status = CASE WHEN w.is_mended OR w.status_differs THEN w.status ELSE t.status END,
    hashtags = CASE WHEN w.is_mended OR w.hashtags_differs THEN w.hashtags ELSE t.hashtags END,
    media_urls = CASE WHEN w.is_mended OR w.media_urls_differs THEN w.media_urls ELSE t.media_urls END,
    embedding = CASE WHEN w.is_mended OR w.embedding_differs THEN w.embedding::float8[] ELSE t.embedding END,
    embedding_model = CASE WHEN w.is_mended OR w.embedding_differs THEN w.model ELSE t.embedding_model END,
    user_id = CASE WHEN w.is_mended OR w.user_id_differs THEN w.user_id ELSE t.user_id END,
    account_id = CASE WHEN w.is_mended OR w.account_id_differs THEN w.account_id ELSE t.account_id END,
    platform_post_id = CASE WHEN w.is_mended OR w.platform_post_id_differs THEN w.platform_post_id
      ELSE t.platform_post_id END,
    scheduled_at = CASE WHEN w.is_mended OR w.scheduled_at_differs THEN w.scheduled_at ELSE t.scheduled_at END,
    published_at = CASE WHEN w.is_mended OR w.published_at_differs THEN w.published_at ELSE t.published_at END,
    text = CASE WHEN w.is_mended OR w.text_differs THEN w.text ELSE t.text END,
    caption = CASE WHEN w.is_mended OR w.caption_differs THEN w.caption ELSE t.caption END,
    like_count = CASE WHEN w.is_mended OR w.like_count_differs THEN w.like_count ELSE t.like_count END,
    comment_count = CASE WHEN w.is_mended OR w.comment_count_differs THEN w.comment_count ELSE t.comment_count END,
    share_count = CASE WHEN w.is_mended OR w.share_count_differs THEN w.share_count ELSE t.share_count END,
    view_count = CASE WHEN w.is_mended OR w.view_count_differs THEN w.view_count ELSE t.view_count END,
    counted_at = CASE WHEN w.is_mended OR w.counted_at_differs THEN w.counted_at ELSE t.counted_at END,
    platform_data = CASE WHEN w.is_mended OR w.platform_data_differs THEN w.platform_data ELSE t.platform_data END,
    created_at = CASE WHEN w.is_mended OR w.created_at_differs THEN w.created_at ELSE t.created_at END
  FROM post_writes w
  WHERE w.old_id IS NOT NULL AND w.id IS NOT NULL AND t.id = w.id AND (w.is_mended OR w.organization_id_differs
    OR w.platform_differs OR w.status_differs OR w.hashtags_differs OR w.media_urls_differs OR w.embedding_differs
    OR w.user_id_differs OR w.account_id_differs OR w.platform_post_id_differs OR w.scheduled_at_differs
    OR w.published_at_differs OR w.text_differs OR w.caption_differs OR w.like_count_differs
    OR w.comment_count_differs OR w.share_count_differs OR w.view_count_differs OR w.counted_at_differs
    OR w.platform_data_differs OR w.created_at_differs)
  RETURNING 1
),
new_posts AS (
  INSERT INTO social.posts (
    id, workspace_id, platform, status, hashtags, media_urls, embedding, embedding_model, user_id, account_id,
    platform_post_id, scheduled_at, published_at, text, caption, like_count, comment_count, share_count, view_count,
    counted_at, platform_data, created_at)
  SELECT
    w.id, w.organization_id, w.platform, w.status, w.hashtags, w.media_urls, w.embedding::float8[], w.model, w.user_id,
    w.account_id, w.platform_post_id, w.scheduled_at, w.published_at, w.text, w.caption, w.like_count, w.comment_count,
    w.share_count, w.view_count, w.counted_at, w.platform_data, w.created_at
  FROM post_writes w
  WHERE w.is_missing
  RETURNING 1
),
gone_posts AS (
  DELETE FROM social.posts t USING post_writes w WHERE w.is_over AND t.id = w.old_id
  RETURNING 1
),
metric_now AS MATERIALIZED (
  SELECT n.entity_id, n.entity_type, n.recorded_at, n.metrics
  FROM social.time_series_metrics n
  WHERE n.entity_id = ANY($1::bigint[])
),
there AS MATERIALIZED (
  -- what has numbers at all, now
  SELECT p.id AS entity_id, 'post'::text AS entity_type FROM post_now p
  UNION ALL
  SELECT a.id, 'account' FROM social.accounts a WHERE a.id = ANY($1::bigint[])
),
metric_before AS MATERIALIZED (
  SELECT m.key, m.entity_type, m.recorded_at, m.kept
  FROM metric_mapped m
  FULL JOIN there e ON e.entity_id = m.key AND e.entity_type = m.entity_type
  WHERE m.number = 1 AND m.place IS NOT NULL AND e.entity_id IS NOT NULL
),
metric_parts AS MATERIALIZED (
  SELECT
    COALESCE(n.entity_id, b.key) AS key, COALESCE(n.entity_type, b.entity_type) AS entity_type,
    COALESCE(n.recorded_at, b.recorded_at) AS recorded_at,
    COALESCE(n.metrics, '{}') AS metrics, COALESCE(b.kept, '{}') AS kept,
    ARRAY(
      SELECT k.name FROM jsonb_object_keys(COALESCE(n.metrics, '{}') || COALESCE(b.kept, '{}')) k (name)
      WHERE n.metrics -> k.name IS DISTINCT FROM b.kept -> k.name) AS changed
  FROM metric_now n
  FULL JOIN metric_before b
    ON b.key = n.entity_id AND b.entity_type = n.entity_type AND b.recorded_at = n.recorded_at
),
metric_writes AS MATERIALIZED (
  -- the latest row of each source beside what it should say
  SELECT
    m.table_name, m.id, m.place, m.said, p.key, p.entity_type, p.recorded_at, p.metrics, p.changed,
    p.recorded_at AT TIME ZONE 'UTC' = date_trunc('day', p.recorded_at AT TIME ZONE 'UTC') AS is_day
  FROM (
    SELECT q.table_name, q.id, q.place, q.said, q.key, q.entity_type, q.recorded_at
    FROM metric_mapped q
    WHERE q.reason IS DISTINCT FROM 'older_duplicate' AND q.recorded_at IS NOT NULL) m
  FULL JOIN metric_parts p
    ON p.key = m.key AND p.entity_type = m.entity_type AND p.recorded_at = m.recorded_at
  WHERE cardinality(p.changed) > 0
),
changed_post_analytics AS (
  UPDATE social.post_analytics t SET
    impressions = CASE WHEN 'impressions' = ANY (w.changed) THEN (w.metrics ->> 'impressions')::bigint
      ELSE t.impressions END,
    reach = CASE WHEN 'reach' = ANY (w.changed) THEN (w.metrics ->> 'reach')::bigint ELSE t.reach END,
    likes = CASE WHEN 'likes' = ANY (w.changed) THEN (w.metrics ->> 'likes')::bigint ELSE t.likes END,
    comments = CASE WHEN 'comments' = ANY (w.changed) THEN (w.metrics ->> 'comments')::bigint ELSE t.comments END,
    shares = CASE WHEN 'shares' = ANY (w.changed) THEN (w.metrics ->> 'shares')::bigint ELSE t.shares END,
    saves = CASE WHEN 'saves' = ANY (w.changed) THEN (w.metrics ->> 'saves')::bigint ELSE t.saves END,
    clicks = CASE WHEN 'clicks' = ANY (w.changed) THEN (w.metrics ->> 'clicks')::bigint ELSE t.clicks END,
    video_views = CASE WHEN 'video_views' = ANY (w.changed) THEN (w.metrics ->> 'video_views')::bigint
      ELSE t.video_views END
  FROM metric_writes w
  WHERE w.table_name = 'post_analytics' AND w.place IS NOT NULL AND t.id = w.id
    AND w.changed && ARRAY['impressions', 'reach', 'likes', 'comments', 'shares', 'saves', 'clicks', 'video_views']
  RETURNING 1
),
changed_account_analytics AS (
  UPDATE social.account_analytics t SET
    followers = CASE WHEN 'followers' = ANY (w.changed) THEN (w.metrics ->> 'followers')::bigint ELSE t.followers END,
    following = CASE WHEN 'following' = ANY (w.changed) THEN (w.metrics ->> 'following')::bigint ELSE t.following END,
    profile_views = CASE WHEN 'profile_views' = ANY (w.changed) THEN (w.metrics ->> 'profile_views')::bigint
      ELSE t.profile_views END,
    impressions = CASE WHEN 'impressions' = ANY (w.changed) THEN (w.metrics ->> 'impressions')::bigint
      ELSE t.impressions END,
    reach = CASE WHEN 'reach' = ANY (w.changed) THEN (w.metrics ->> 'reach')::bigint ELSE t.reach END,
    engagement_rate = CASE WHEN 'engagement_rate' = ANY (w.changed) THEN (w.metrics ->> 'engagement_rate')::numeric
      ELSE t.engagement_rate END
  FROM metric_writes w
  WHERE w.table_name = 'account_analytics' AND w.place IS NOT NULL AND t.id = w.id
    AND w.changed && ARRAY['followers', 'following', 'profile_views', 'impressions', 'reach', 'engagement_rate']
  RETURNING 1
),
changed_daily_stats AS (
  UPDATE social.daily_stats t SET stats = CASE
    WHEN w.place IS NULL THEN w.metrics
    ELSE (w.said - w.changed) || COALESCE((
      SELECT jsonb_object_agg(e.key, e.value) FROM jsonb_each(w.metrics) e WHERE e.key = ANY (w.changed)), '{}') END
  FROM metric_writes w
  WHERE w.table_name = 'daily_stats' AND t.id = w.id AND (w.place IS NOT NULL OR w.metrics <> '{}')
  RETURNING 1
),
new_daily_stats AS (
  INSERT INTO social.daily_stats (entity_id, entity_type, stat_date, stats)
  SELECT DISTINCT w.key, w.entity_type, (w.recorded_at AT TIME ZONE 'UTC')::date, w.metrics
  FROM metric_writes w
  WHERE w.is_day AND w.metrics <> '{}'
    AND (w.key, w.entity_type, w.recorded_at) NOT IN (
      SELECT k.key, k.entity_type, k.recorded_at FROM metric_writes k WHERE k.table_name = 'daily_stats')
  RETURNING 1
),
scrapes AS MATERIALIZED (
  -- each scraper's rows that count once the post is there; the last has rank 1
  SELECT
    m.table_name, m.id, m.key, m.place, m.recorded_at, m.shortcode, m.music, m.duration_seconds,
    row_number() OVER (PARTITION BY m.key, m.place ORDER BY m.recorded_at DESC) AS rank
  FROM metric_mapped m
  WHERE m.place IN (3, 4)
),
reel_before AS MATERIALIZED (
  SELECT
    s.key,
    COALESCE(max(s.shortcode) FILTER (WHERE s.place = 3), max(s.shortcode) FILTER (WHERE s.place = 4)) AS shortcode,
    COALESCE(max(s.music) FILTER (WHERE s.place = 3), max(s.music) FILTER (WHERE s.place = 4)) AS music,
    COALESCE(max(s.duration_seconds) FILTER (WHERE s.place = 3), max(s.duration_seconds) FILTER (WHERE s.place = 4))
      AS duration_seconds
  FROM scrapes s
  WHERE s.rank = 1
  GROUP BY s.key
),
reel_writes AS MATERIALIZED (
  SELECT
    n.id AS key, b.key IS NOT NULL AS has_scrape, n.reel_shortcode, n.reel_music, n.reel_seconds,
    n.reel_shortcode IS DISTINCT FROM b.shortcode AS shortcode_differs,
    n.reel_music IS DISTINCT FROM b.music AS music_differs,
    n.reel_seconds IS DISTINCT FROM b.duration_seconds AS seconds_differs
  FROM post_now n
  FULL JOIN reel_before b ON b.key = n.id
  WHERE n.id IS NOT NULL
),
scrape_writes AS MATERIALIZED (
  -- where a scrape or the reel differs, all scrapes of the post say of the reel what the new row says: so it does not
  -- matter which of them is the last one that still counts
  SELECT s.table_name, s.id, s.changed, s.metrics, s.place IS NULL AS is_mended, s.reel_shortcode, s.reel_music,
    s.reel_seconds
  FROM (
    SELECT
      c.table_name, c.id, c.place, c.changed, c.metrics, c.is_day, r.reel_shortcode, r.reel_music, r.reel_seconds,
      bool_or(cardinality(c.changed) > 0 OR r.shortcode_differs OR r.music_differs OR r.seconds_differs)
        OVER (PARTITION BY c.key) AS is_touched
    FROM (
      SELECT
        COALESCE(w.table_name, k.table_name) AS table_name, COALESCE(w.id, k.id) AS id, COALESCE(w.key, k.key) AS key,
        k.place, COALESCE(w.changed, '{}') AS changed, w.metrics, w.is_day
      FROM (
        SELECT m.table_name, m.id, m.key, m.changed, m.metrics, m.is_day
        FROM metric_writes m
        WHERE m.table_name IN ('instagramreelsscraper', 'instagramreelsscraper_duplicate')) w
      FULL JOIN scrapes k ON k.table_name = w.table_name AND k.id = w.id) c
    FULL JOIN reel_writes r ON r.key = c.key
    WHERE c.id IS NOT NULL AND r.key IS NOT NULL) s
  WHERE s.place IS NOT NULL AND s.is_touched
    OR s.place IS NULL AND s.table_name = 'instagramreelsscraper' AND NOT s.is_day AND s.metrics <> '{}'
),
changed_instagramreelsscraper AS (
  UPDATE social.instagramreelsscraper t SET
    play_count = CASE WHEN w.is_mended OR 'reel_plays' = ANY (w.changed) THEN (w.metrics ->> 'reel_plays')::bigint
      ELSE t.play_count END,
    like_count = CASE WHEN w.is_mended OR 'reel_likes' = ANY (w.changed) THEN (w.metrics ->> 'reel_likes')::bigint
      ELSE t.like_count END,
    comment_count = CASE WHEN w.is_mended OR 'reel_comments' = ANY (w.changed)
      THEN (w.metrics ->> 'reel_comments')::bigint ELSE t.comment_count END,
    shortcode = w.reel_shortcode,
    music = w.reel_music,
    duration_seconds = w.reel_seconds
  FROM scrape_writes w
  WHERE w.table_name = 'instagramreelsscraper' AND t.id = w.id
  RETURNING 1
),
changed_instagramreelsscraper_duplicate AS (
  UPDATE social.instagramreelsscraper_duplicate t SET
    plays = CASE WHEN w.is_mended OR 'reel_plays' = ANY (w.changed) THEN (w.metrics ->> 'reel_plays')::bigint
      ELSE t.plays END,
    likes = CASE WHEN w.is_mended OR 'reel_likes' = ANY (w.changed) THEN (w.metrics ->> 'reel_likes')::bigint
      ELSE t.likes END,
    comments = CASE WHEN w.is_mended OR 'reel_comments' = ANY (w.changed) THEN (w.metrics ->> 'reel_comments')::bigint
      ELSE t.comments END,
    code = w.reel_shortcode,
    audio = w.reel_music,
    duration = w.reel_seconds
  FROM scrape_writes w
  WHERE w.table_name = 'instagramreelsscraper_duplicate' AND t.id = w.id
  RETURNING 1
),
new_instagramreelsscraper AS (
  -- a scrape that is missing; and for a reel that no scrape tells of one without counts
  INSERT INTO social.instagramreelsscraper (
    post_id, shortcode, music, duration_seconds, play_count, like_count, comment_count, scraped_at)
  SELECT
    s.key, r.reel_shortcode, r.reel_music, r.reel_seconds, (s.metrics ->> 'reel_plays')::bigint,
    (s.metrics ->> 'reel_likes')::bigint, (s.metrics ->> 'reel_comments')::bigint, s.recorded_at
  FROM (
    SELECT DISTINCT w.key, w.recorded_at, w.metrics
    FROM metric_writes w
    WHERE NOT w.is_day AND w.metrics <> '{}'
      AND (w.key, w.recorded_at) NOT IN (
        SELECT k.key, k.recorded_at FROM metric_writes k WHERE k.table_name = 'instagramreelsscraper')) s
  FULL JOIN reel_writes r ON r.key = s.key
  WHERE s.key IS NOT NULL
  UNION ALL
  SELECT r.key, r.reel_shortcode, r.reel_music, r.reel_seconds, NULL, NULL, NULL, now()
  FROM reel_writes r
  WHERE NOT r.has_scrape AND num_nonnulls(r.reel_shortcode, r.reel_music, r.reel_seconds) > 0
  RETURNING 1
)
SELECT
  (SELECT COUNT(*) FROM changed_posts) + (SELECT COUNT(*) FROM new_posts) + (SELECT COUNT(*) FROM gone_posts)
    + (SELECT COUNT(*) FROM changed_post_analytics) + (SELECT COUNT(*) FROM changed_account_analytics)
    + (SELECT COUNT(*) FROM changed_daily_stats) + (SELECT COUNT(*) FROM new_daily_stats)
    + (SELECT COUNT(*) FROM changed_instagramreelsscraper)
    + (SELECT COUNT(*) FROM changed_instagramreelsscraper_duplicate)
    + (SELECT COUNT(*) FROM new_instagramreelsscraper) AS written
