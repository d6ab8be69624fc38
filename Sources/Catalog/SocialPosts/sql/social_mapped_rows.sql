-- name: social_mapped_rows
-- takes: $1 bigint[] (entities: posts and accounts); `refused (table_name, id)` stands before it
-- gives: judged (table_name text, id bigint, key bigint, reason text, is_skipped boolean), and the rows that the new
--        tables should have: expected_posts_core, expected_posts_content, expected_media_files (shared: `for_key`
--        first), expected_post_media_links, expected_post_insights, expected_embeddings, expected_time_series_metrics,
--        expected_social_disagreements
-- why: a part of other statements: what the old rows of these entities become (README.md). As in content_mapped_rows no
--      CTE is joined to another one: what rows of one entity have to know of each other they see through windows.
--      `place` numbers the sources of a new row; a row at fault has none. It asks no new table, so that it can be asked
--      before there is one.

post_rows AS (
  SELECT
    p.id, p.user_id, p.account_id, p.platform_post_id, p.scheduled_at, p.published_at, p.text, p.caption,
    p.like_count, p.comment_count, p.share_count, p.view_count, p.counted_at, p.platform_data, p.created_at,
    lower(btrim(p.platform, E' \t\r\n') COLLATE "C") COLLATE "default" AS platform,
    lower(btrim(p.status, E' \t\r\n') COLLATE "C") COLLATE "default" AS status,
    COALESCE(w.id, t.id) AS organization_id,
    t.id AS team_id,
    ARRAY(
      SELECT f.tag
      FROM (
        SELECT lower(m.found[1] COLLATE "C") COLLATE "default" AS tag, min(m.place) AS place
        FROM regexp_matches(p.hashtags, E'[^][ \t\r\n#,;"''{}]+', 'g') WITH ORDINALITY m (found, place)
        GROUP BY 1) f
      ORDER BY f.place) AS hashtags,
    CASE COALESCE(jsonb_typeof(p.media_urls), 'null')
      WHEN 'array' THEN p.media_urls
      WHEN 'null' THEN '[]'
      ELSE jsonb_build_array(p.media_urls) END AS media,
    p.embedding,
    lower(btrim(p.embedding_model, E' \t\r\n') COLLATE "C") COLLATE "default" AS model
  FROM social.posts p
  LEFT JOIN social.workspaces w ON w.id = p.workspace_id
  LEFT JOIN social.workspaces t ON t.slug = lower(btrim(p.team, E' \t\r\n') COLLATE "C") COLLATE "default"
  WHERE p.id = ANY($1::bigint[])
),
post_checked AS (
  SELECT
    r.id, r.user_id, r.account_id, r.platform_post_id, r.scheduled_at, r.published_at, r.text, r.caption,
    r.like_count, r.comment_count, r.share_count, r.view_count, r.counted_at, r.platform_data, r.created_at,
    r.platform, r.status, r.organization_id, r.team_id, r.hashtags, r.media, r.embedding, r.model,
    (
      SELECT bool_and(COALESCE(
        CASE jsonb_typeof(e.item)
          WHEN 'string' THEN e.item #>> '{}' <> ''
          WHEN 'object' THEN jsonb_typeof(e.item -> 'url') = 'string' AND e.item ->> 'url' <> '' END, false))
      FROM jsonb_array_elements(r.media) e (item)) IS NOT FALSE AS has_good_media,
    CASE
      WHEN r.embedding IS NULL THEN NULL
      WHEN array_ndims(r.embedding) = 1 AND array_lower(r.embedding, 1) = 1 AND cardinality(r.embedding) <= 4000
        AND r.model ~ '^[a-z0-9][a-z0-9._/-]{0,99}(@[1-9][0-9]{0,3})?$'
      THEN (
        SELECT bool_and(COALESCE(e.value = 0 OR abs(e.value) BETWEEN 1e-15 AND 1e4, false)) AND bool_or(e.value <> 0)
        FROM unnest(r.embedding) e (value))
      ELSE false
    END IS TRUE AS has_good_embedding
  FROM post_rows r
),
post_mapped AS MATERIALIZED (
  SELECT
    c.id, c.user_id, c.account_id, c.platform_post_id, c.scheduled_at, c.published_at, c.text, c.caption,
    c.like_count, c.comment_count, c.share_count, c.view_count, c.counted_at, c.platform_data, c.created_at,
    c.platform, c.status, c.organization_id, c.team_id, c.hashtags, c.media, c.model,
    CASE WHEN c.has_good_embedding THEN c.embedding::real[] END AS embedding,
    CASE
      WHEN c.status NOT IN ('draft', 'scheduled', 'published', 'failed', 'archived') THEN 'bad_status'
      WHEN c.platform NOT IN ('instagram', 'tiktok', 'x', 'facebook', 'linkedin', 'youtube') THEN 'bad_platform'
      WHEN NOT c.has_good_media THEN 'bad_media'
      WHEN c.like_count < 0 OR c.comment_count < 0 OR c.share_count < 0 OR c.view_count < 0 THEN 'bad_count'
      WHEN c.scheduled_at < '0001-01-01 00:00:00+00' OR c.scheduled_at >= '10000-01-01 00:00:00+00'
        OR c.published_at < '0001-01-01 00:00:00+00' OR c.published_at >= '10000-01-01 00:00:00+00'
        OR c.counted_at < '0001-01-01 00:00:00+00' OR c.counted_at >= '10000-01-01 00:00:00+00'
        OR c.created_at < '0001-01-01 00:00:00+00' OR c.created_at >= '10000-01-01 00:00:00+00' THEN 'overflow'
      WHEN ('posts', c.id) IN (SELECT f.table_name, f.id FROM refused f) THEN 'refused'
      WHEN c.status IS NULL OR c.platform IS NULL THEN 'incomplete'
      WHEN c.organization_id IS NULL THEN 'no_organization'
    END AS reason,
    c.embedding IS NOT NULL AND NOT c.has_good_embedding AS has_bad_embedding,
    c.team_id <> c.organization_id IS TRUE AS disagrees
  FROM post_checked c
),
expected_posts_core AS MATERIALIZED (
  SELECT
    m.id AS entity_id, m.organization_id, m.user_id, m.account_id, m.platform, m.platform_post_id, m.status,
    m.scheduled_at, m.published_at, m.created_at
  FROM post_mapped m
  WHERE m.reason IS NULL
),
expected_posts_content AS MATERIALIZED (
  SELECT m.id AS entity_id, m.organization_id, m.text, m.caption, m.hashtags
  FROM post_mapped m
  WHERE m.reason IS NULL
),
post_media AS MATERIALIZED (
  SELECT
    m.id AS entity_id, (e.place - 1)::integer AS position, m.organization_id, u.url,
    left(encode(sha256(convert_to(m.organization_id || ' ' || u.url, 'UTF8')), 'hex'), 32)::uuid AS media_id,
    CASE jsonb_typeof(e.item) WHEN 'object' THEN e.item - 'url' ELSE '{}' END AS details
  FROM post_mapped m
  CROSS JOIN LATERAL jsonb_array_elements(m.media) WITH ORDINALITY e (item, place)
  CROSS JOIN LATERAL (
    SELECT CASE jsonb_typeof(e.item) WHEN 'object' THEN e.item ->> 'url' ELSE e.item #>> '{}' END AS url) u
  WHERE m.reason IS NULL
),
expected_media_files AS MATERIALIZED (
  -- what is in such a row follows from its organization and address alone, so all posts that share it agree
  SELECT DISTINCT
    p.entity_id AS for_key, p.media_id AS id, p.organization_id, p.url,
    CASE
      WHEN lower(p.url COLLATE "C") ~ '\.(mp4|mov|webm|m4v)([?#]|$)' THEN 'video'
      WHEN lower(p.url COLLATE "C") ~ '\.(jpg|jpeg|png|gif|webp|avif|heic)([?#]|$)' THEN 'image'
      ELSE 'other' END AS kind
  FROM post_media p
),
expected_post_media_links AS MATERIALIZED (
  SELECT p.entity_id, p.position, p.organization_id, p.media_id, p.details
  FROM post_media p
),
expected_embeddings AS MATERIALIZED (
  SELECT
    m.id AS entity_id, 'post'::text AS entity_type, split_part(m.model, '@', 1) AS model,
    COALESCE(NULLIF(split_part(m.model, '@', 2), ''), '1')::integer AS version, m.organization_id, m.embedding
  FROM post_mapped m
  WHERE m.reason IS NULL AND m.embedding IS NOT NULL
),
metric_rows AS (
  SELECT
    'post_analytics'::text AS table_name, 1 AS source, a.id, a.post_id AS key, 'post'::text AS entity_type,
    a.stat_day AS day, NULL::timestamptz AS moment,
    jsonb_strip_nulls(jsonb_build_object(
      'impressions', a.impressions, 'reach', a.reach, 'likes', a.likes, 'comments', a.comments, 'shares', a.shares,
      'saves', a.saves, 'clicks', a.clicks, 'video_views', a.video_views)) AS said,
    NULL::text AS shortcode, NULL::text AS music, NULL::integer AS duration_seconds,
    a.impressions < 0 OR a.reach < 0 OR a.likes < 0 OR a.comments < 0 OR a.shares < 0 OR a.saves < 0 OR a.clicks < 0
      OR a.video_views < 0 AS has_bad_count,
    false AS has_bad_stats, false AS has_bad_rate,
    row_number() OVER (
      PARTITION BY a.post_id, a.stat_day ORDER BY GREATEST(a.created_at, a.updated_at) DESC, a.id DESC) AS age
  FROM social.post_analytics a
  WHERE a.post_id = ANY($1::bigint[])
  UNION ALL
  SELECT
    'account_analytics', 2, a.id, a.account_id, 'account', a.day, NULL,
    jsonb_strip_nulls(jsonb_build_object(
      'followers', a.followers, 'following', a.following, 'profile_views', a.profile_views,
      'impressions', a.impressions, 'reach', a.reach,
      'engagement_rate', CASE WHEN ROUND(a.engagement_rate, 6) BETWEEN -999999.999999 AND 999999.999999
        THEN trim_scale(ROUND(a.engagement_rate, 6)) END)),
    NULL, NULL, NULL,
    a.followers < 0 OR a.following < 0 OR a.profile_views < 0 OR a.impressions < 0 OR a.reach < 0, false,
    NOT ROUND(a.engagement_rate, 6) BETWEEN -999999.999999 AND 999999.999999,
    row_number() OVER (PARTITION BY a.account_id, a.day ORDER BY a.created_at DESC, a.id DESC)
  FROM social.account_analytics a
  WHERE a.account_id = ANY($1::bigint[])
  UNION ALL
  SELECT
    'instagramreelsscraper', 3, r.id, r.post_id, 'post', NULL, r.scraped_at,
    jsonb_strip_nulls(jsonb_build_object(
      'reel_plays', r.play_count, 'reel_likes', r.like_count, 'reel_comments', r.comment_count)),
    r.shortcode, r.music, r.duration_seconds,
    r.play_count < 0 OR r.like_count < 0 OR r.comment_count < 0 OR r.duration_seconds < 0, false, false,
    row_number() OVER (PARTITION BY r.post_id, r.scraped_at ORDER BY r.created_at DESC, r.id DESC)
  FROM social.instagramreelsscraper r
  WHERE r.post_id = ANY($1::bigint[])
  UNION ALL
  SELECT
    'instagramreelsscraper_duplicate', 4, r.id, r.post_id, 'post', NULL, r.scraped_at,
    jsonb_strip_nulls(jsonb_build_object('reel_plays', r.plays, 'reel_likes', r.likes, 'reel_comments', r.comments)),
    r.code, r.audio, r.duration,
    r.plays < 0 OR r.likes < 0 OR r.comments < 0 OR r.duration < 0, false, false,
    row_number() OVER (
      PARTITION BY r.post_id, r.scraped_at ORDER BY GREATEST(r.created_at, r.updated_at) DESC, r.id DESC)
  FROM social.instagramreelsscraper_duplicate r
  WHERE r.post_id = ANY($1::bigint[])
  UNION ALL
  SELECT
    'daily_stats', 5, d.id, d.entity_id, d.entity_type, d.stat_date, NULL, s.said, NULL, NULL, NULL, false,
    s.is_bad, false,
    row_number() OVER (
      PARTITION BY d.entity_id, d.entity_type, d.stat_date
      ORDER BY GREATEST(d.created_at, d.updated_at) DESC, d.id DESC)
  FROM (
    SELECT
      o.id, o.entity_id, lower(btrim(o.entity_type, E' \t\r\n') COLLATE "C") COLLATE "default" AS entity_type,
      o.stat_date, o.stats, o.created_at, o.updated_at
    FROM social.daily_stats o
    WHERE o.entity_id = ANY($1::bigint[])) d
  CROSS JOIN LATERAL (
    -- a name that ends in _rate has a number of six decimals, every other one a whole number
    SELECT
      COALESCE(jsonb_object_agg(v.name, v.number) FILTER (WHERE v.number IS NOT NULL), '{}') AS said,
      jsonb_typeof(d.stats) NOT IN ('object', 'null') OR COALESCE(bool_or(v.is_bad), false) AS is_bad
    FROM (
      SELECT
        n.name, CASE WHEN NOT n.is_bad THEN trim_scale(n.number) END AS number, n.is_bad
      FROM (
        SELECT
          e.key AS name, f.number,
          e.key COLLATE "C" !~ '^[a-z][a-z0-9_]{0,62}$'
            OR jsonb_typeof(e.value) NOT IN ('number', 'null')
            OR CASE WHEN e.key LIKE '%\_rate' THEN NOT f.number BETWEEN -999999.999999 AND 999999.999999
              ELSE f.number <> trunc(f.number) OR NOT f.number BETWEEN 0 AND 9223372036854775807 END IS TRUE AS is_bad
        FROM jsonb_each(CASE jsonb_typeof(d.stats) WHEN 'object' THEN d.stats ELSE '{}' END) e
        CROSS JOIN LATERAL (
          SELECT CASE WHEN jsonb_typeof(e.value) = 'number' THEN
            CASE WHEN e.key LIKE '%\_rate' THEN ROUND((e.value #>> '{}')::numeric, 6)
              ELSE (e.value #>> '{}')::numeric END END AS number) f) n) v) s
),
metric_judged AS (
  -- rows without a day or a moment are no duplicates of each other
  SELECT
    r.table_name, r.source, r.id, r.key, r.entity_type, r.said, r.shortcode, r.music, r.duration_seconds,
    CASE
      WHEN r.moment >= '0001-01-01 00:00:00+00' AND r.moment < '10000-01-01 00:00:00+00' THEN r.moment
      WHEN r.day BETWEEN '0001-01-01' AND '9999-12-31' THEN r.day::timestamp AT TIME ZONE 'UTC' END AS recorded_at,
    CASE
      WHEN r.age > 1 AND (r.day IS NOT NULL OR r.moment IS NOT NULL) THEN 'older_duplicate'
      WHEN (r.entity_type IN ('post', 'account')) IS NOT TRUE THEN 'bad_type'
      WHEN r.has_bad_stats THEN 'bad_stats'
      WHEN r.has_bad_count THEN 'bad_count'
      WHEN r.has_bad_rate OR NOT r.day BETWEEN '0001-01-01' AND '9999-12-31'
        OR r.moment < '0001-01-01 00:00:00+00' OR r.moment >= '10000-01-01 00:00:00+00' THEN 'overflow'
      WHEN (r.table_name, r.id) IN (SELECT f.table_name, f.id FROM refused f) THEN 'refused'
      WHEN r.day IS NULL AND r.moment IS NULL
        OR r.said = '{}' AND r.shortcode IS NULL AND r.music IS NULL AND r.duration_seconds IS NULL THEN 'incomplete'
    END AS fault
  FROM metric_rows r
),
metric_placed AS (
  -- and what they are about, in place 0: posts that are mapped, accounts
  SELECT
    j.table_name, j.id, j.key, j.entity_type, j.recorded_at, j.said, j.shortcode, j.music, j.duration_seconds, j.fault,
    NULL::uuid AS organization_id,
    CASE WHEN j.fault IS NULL THEN j.source END AS place
  FROM metric_judged j
  UNION ALL
  SELECT NULL, NULL, p.entity_id, 'post', NULL, NULL, NULL, NULL, NULL, NULL, p.organization_id, 0
  FROM expected_posts_core p
  UNION ALL
  SELECT NULL, NULL, a.id, 'account', NULL, NULL, NULL, NULL, NULL, NULL, a.workspace_id, 0
  FROM social.accounts a
  WHERE a.id = ANY($1::bigint[])
),
metric_merged AS (
  SELECT
    p.table_name, p.id, p.key, p.entity_type, p.recorded_at, p.said, p.shortcode, p.music, p.duration_seconds, p.fault,
    p.place,
    row_number() OVER (PARTITION BY p.key, p.entity_type, p.recorded_at ORDER BY p.place) AS number,
    (array_agg(p.organization_id) FILTER (WHERE p.place = 0) OVER entity)[1] AS organization_id,
    COALESCE((array_agg(p.said) FILTER (WHERE p.place = 5) OVER snapshot)[1], '{}')
      || COALESCE((array_agg(p.said) FILTER (WHERE p.place = 4) OVER snapshot)[1], '{}')
      || COALESCE((array_agg(p.said) FILTER (WHERE p.place = 3) OVER snapshot)[1], '{}')
      || COALESCE((array_agg(p.said) FILTER (WHERE p.place = 2) OVER snapshot)[1], '{}')
      || COALESCE((array_agg(p.said) FILTER (WHERE p.place = 1) OVER snapshot)[1], '{}') AS kept
  FROM metric_placed p
  WINDOW
    entity AS (PARTITION BY p.key, p.entity_type),
    snapshot AS (PARTITION BY p.key, p.entity_type, p.recorded_at)
),
metric_ranked AS (
  -- of each scraper's rows that count, the last has rank 1
  SELECT
    m.table_name, m.id, m.key, m.entity_type, m.recorded_at, m.said, m.shortcode, m.music, m.duration_seconds,
    m.place, m.number, m.organization_id, m.kept,
    CASE WHEN m.fault IS NOT NULL THEN m.fault WHEN m.organization_id IS NULL THEN 'no_entity' END AS reason,
    CASE WHEN m.organization_id IS NOT NULL AND m.place IN (3, 4) THEN
      row_number() OVER (PARTITION BY m.key, m.entity_type, m.place ORDER BY m.recorded_at DESC) END AS rank
  FROM metric_merged m
  WHERE m.table_name IS NOT NULL
),
metric_mapped AS MATERIALIZED (
  SELECT
    r.table_name, r.id, r.key, r.entity_type, r.recorded_at, r.said, r.shortcode, r.music, r.duration_seconds,
    r.place, r.number, r.organization_id, r.kept, r.reason, r.rank, r.kept_shortcode, r.kept_music,
    r.kept_duration_seconds,
    r.reason IS NULL AND NOT r.kept @> r.said AS counts_disagree,
    r.rank = 1 AND (
      r.shortcode <> r.kept_shortcode IS TRUE
      OR r.music <> r.kept_music IS TRUE
      OR r.duration_seconds <> r.kept_duration_seconds IS TRUE) IS TRUE AS reels_disagree
  FROM (
    SELECT
      m.table_name, m.id, m.key, m.entity_type, m.recorded_at, m.said, m.shortcode, m.music, m.duration_seconds,
      m.place, m.number, m.organization_id, m.kept, m.reason, m.rank,
      COALESCE(max(m.shortcode) FILTER (WHERE m.place = 3 AND m.rank = 1) OVER entity,
        max(m.shortcode) FILTER (WHERE m.place = 4 AND m.rank = 1) OVER entity) AS kept_shortcode,
      COALESCE(max(m.music) FILTER (WHERE m.place = 3 AND m.rank = 1) OVER entity,
        max(m.music) FILTER (WHERE m.place = 4 AND m.rank = 1) OVER entity) AS kept_music,
      COALESCE(max(m.duration_seconds) FILTER (WHERE m.place = 3 AND m.rank = 1) OVER entity,
        max(m.duration_seconds) FILTER (WHERE m.place = 4 AND m.rank = 1) OVER entity) AS kept_duration_seconds
    FROM metric_ranked m
    WINDOW entity AS (PARTITION BY m.key, m.entity_type)) r
),
expected_time_series_metrics AS MATERIALIZED (
  SELECT m.key AS entity_id, m.entity_type, m.recorded_at, m.organization_id, m.kept AS metrics
  FROM metric_mapped m
  WHERE m.number = 1 AND m.reason IS NULL AND m.kept <> '{}'
),
insight_parts AS (
  SELECT
    m.id AS entity_id, m.organization_id, m.like_count, m.comment_count, m.share_count, m.view_count, m.counted_at,
    m.platform_data, NULL::text AS shortcode, NULL::text AS music, NULL::integer AS duration_seconds
  FROM post_mapped m
  WHERE m.reason IS NULL
  UNION ALL
  SELECT
    r.key, NULL, NULL, NULL, NULL, NULL, NULL, NULL, r.kept_shortcode, r.kept_music, r.kept_duration_seconds
  FROM metric_mapped r
  WHERE r.rank = 1
),
expected_post_insights AS MATERIALIZED (
  SELECT
    i.entity_id, i.organization_id, i.likes, i.comments, i.shares, i.views, i.counted_at, i.reel_shortcode,
    i.reel_music, i.reel_seconds, i.platform_data
  FROM (
    SELECT
      p.entity_id,
      (array_agg(p.organization_id) FILTER (WHERE p.organization_id IS NOT NULL))[1] AS organization_id,
      max(p.like_count) AS likes, max(p.comment_count) AS comments, max(p.share_count) AS shares,
      max(p.view_count) AS views, max(p.counted_at) AS counted_at, max(p.shortcode) AS reel_shortcode,
      max(p.music) AS reel_music, max(p.duration_seconds) AS reel_seconds,
      (array_agg(p.platform_data) FILTER (WHERE p.platform_data IS NOT NULL))[1] AS platform_data
    FROM insight_parts p
    GROUP BY p.entity_id) i
  WHERE COALESCE(i.likes, i.comments, i.shares, i.views, i.reel_seconds) IS NOT NULL OR i.counted_at IS NOT NULL
    OR COALESCE(i.reel_shortcode, i.reel_music) IS NOT NULL OR i.platform_data IS NOT NULL
),
expected_social_disagreements AS MATERIALIZED (
  SELECT
    m.id AS entity_id, 'posts'::text AS table_name, ''::text AS member, 'organization_id'::text AS column_name,
    m.organization_id, m.organization_id::text AS kept, m.team_id::text AS other
  FROM post_mapped m
  WHERE m.reason IS NULL AND m.disagrees
  UNION ALL
  SELECT
    m.key, m.table_name,
    m.entity_type || ' ' || to_char(m.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    e.key, m.organization_id, m.kept ->> e.key, e.value
  FROM metric_mapped m
  CROSS JOIN LATERAL jsonb_each_text(m.said) e
  WHERE m.counts_disagree AND m.kept ->> e.key <> e.value
  UNION ALL
  SELECT m.key, m.table_name, 'reel', v.column_name, m.organization_id, v.kept, v.other
  FROM metric_mapped m
  CROSS JOIN LATERAL (VALUES
    ('reel_shortcode', m.kept_shortcode, m.shortcode),
    ('reel_music', m.kept_music, m.music),
    ('reel_seconds', m.kept_duration_seconds::text, m.duration_seconds::text)) v (column_name, kept, other)
  WHERE m.reels_disagree AND v.kept <> v.other
),
judged AS MATERIALIZED (
  SELECT
    'posts'::text AS table_name, m.id, m.id AS key,
    COALESCE(m.reason, CASE WHEN m.has_bad_embedding THEN 'bad_embedding' WHEN m.disagrees THEN 'disagrees' END)
      AS reason,
    m.reason IS NOT NULL AS is_skipped
  FROM post_mapped m
  UNION ALL
  SELECT
    m.table_name, m.id, m.key,
    COALESCE(m.reason, CASE WHEN m.counts_disagree OR m.reels_disagree THEN 'disagrees' END), m.reason IS NOT NULL
  FROM metric_mapped m
),
