-- name: social_metrics.old
-- takes: $1 uuid (organization), $2 bigint (entity: a post or an account), $3 date (first day), $4 date (last
--        day), $5 text[] (metrics, NULL: all), $6 text (by: day, week or month)
-- gives: section text, entity_type text, metric text, first_day text, moments bigint, total numeric, least numeric,
--        most numeric, last numeric
-- why: a time series of each number of an entity; weeks begin on Mondays, days are UTC days. Some numbers add up, of
--      others the last one counts: both are given. Asked of the old tables as production does: posts of a workspace by
--      its id or its team, rows at fault skipped, values of a post or a day put together from every table that may
--      have them. Equal to the new one also while skipped rows are visible, but for those that were refused.

WITH
-- include: social_old_posts
entity AS (
  SELECT 'post'::text AS entity_type
  FROM sound_posts p
  WHERE p.id = $2::bigint
  UNION ALL
  SELECT 'account'
  FROM social.accounts a
  WHERE a.id = $2::bigint AND a.workspace_id = $1::uuid
),
sources AS (
  SELECT 1 AS rank, 'post'::text AS entity_type, l.day::timestamp AT TIME ZONE 'UTC' AS recorded_at, v.name, v.number
  FROM (
    SELECT DISTINCT ON (o.stat_day)
      o.stat_day AS day, o.impressions, o.reach, o.likes, o.comments, o.shares, o.saves, o.clicks, o.video_views,
      LEAST(o.impressions, o.reach, o.likes, o.comments, o.shares, o.saves, o.clicks, o.video_views) < 0 IS NOT TRUE
        AS is_good
    FROM social.post_analytics o
    WHERE o.post_id = $2::bigint
      AND o.stat_day BETWEEN $3::date AND $4::date
    ORDER BY o.stat_day, GREATEST(o.created_at, o.updated_at) DESC, o.id DESC) l
  CROSS JOIN LATERAL (VALUES
      ('impressions', l.impressions::numeric), ('reach', l.reach::numeric), ('likes', l.likes::numeric),
      ('comments', l.comments::numeric), ('shares', l.shares::numeric), ('saves', l.saves::numeric),
      ('clicks', l.clicks::numeric), ('video_views', l.video_views::numeric)) v (name, number)
  WHERE l.is_good AND v.number IS NOT NULL
  UNION ALL
  SELECT 2 AS rank, 'account'::text AS entity_type, l.day::timestamp AT TIME ZONE 'UTC' AS recorded_at, v.name, v.number
  FROM (
    SELECT DISTINCT ON (o.day)
      o.day AS day, o.followers, o.following, o.profile_views, o.impressions, o.reach, o.engagement_rate,
      LEAST(o.followers, o.following, o.profile_views, o.impressions, o.reach) < 0 IS NOT TRUE
      AND (ROUND(o.engagement_rate, 6) BETWEEN -999999.999999 AND 999999.999999) IS NOT FALSE AS is_good
    FROM social.account_analytics o
    WHERE o.account_id = $2::bigint
      AND o.day BETWEEN $3::date AND $4::date
    ORDER BY o.day, o.created_at DESC, o.id DESC) l
  CROSS JOIN LATERAL (VALUES
      ('followers', l.followers::numeric), ('following', l.following::numeric), ('profile_views',
        l.profile_views::numeric),
      ('impressions', l.impressions::numeric), ('reach', l.reach::numeric), ('engagement_rate',
        ROUND(l.engagement_rate, 6))) v (name, number)
  WHERE l.is_good AND v.number IS NOT NULL
  UNION ALL
  SELECT 3, 'post', l.scraped_at, v.name, v.number
  FROM (
    SELECT DISTINCT ON (o.scraped_at)
      o.scraped_at, o.play_count, o.like_count, o.comment_count, LEAST(o.play_count, o.like_count, o.comment_count,
        o.duration_seconds) < 0 IS NOT TRUE AS is_good
    FROM social.instagramreelsscraper o
    WHERE o.post_id = $2::bigint
      AND o.scraped_at >= ($3::date)::timestamp AT TIME ZONE 'UTC'
      AND o.scraped_at < ($4::date + 1)::timestamp AT TIME ZONE 'UTC'
    ORDER BY o.scraped_at, o.created_at DESC, o.id DESC) l
  CROSS JOIN LATERAL (VALUES
      ('reel_plays', l.play_count::numeric), ('reel_likes', l.like_count::numeric), ('reel_comments',
        l.comment_count::numeric)) v (name, number)
  WHERE l.is_good AND v.number IS NOT NULL
  UNION ALL
  SELECT 4, 'post', l.scraped_at, v.name, v.number
  FROM (
    SELECT DISTINCT ON (o.scraped_at)
      o.scraped_at, o.plays, o.likes, o.comments, LEAST(o.plays, o.likes, o.comments,
        o.duration) < 0 IS NOT TRUE AS is_good
    FROM social.instagramreelsscraper_duplicate o
    WHERE o.post_id = $2::bigint
      AND o.scraped_at >= ($3::date)::timestamp AT TIME ZONE 'UTC'
      AND o.scraped_at < ($4::date + 1)::timestamp AT TIME ZONE 'UTC'
    ORDER BY o.scraped_at, GREATEST(o.created_at, o.updated_at) DESC, o.id DESC) l
  CROSS JOIN LATERAL (VALUES
      ('reel_plays', l.plays::numeric), ('reel_likes', l.likes::numeric), ('reel_comments', l.comments::numeric))
        v (name, number)
  WHERE l.is_good AND v.number IS NOT NULL
  UNION ALL
  SELECT 5, l.entity_type, l.day::timestamp AT TIME ZONE 'UTC', v.name, v.number
  FROM (
    SELECT DISTINCT ON (lower(btrim(o.entity_type, E' \t\r\n') COLLATE "C") COLLATE "default", o.stat_date)
      lower(btrim(o.entity_type, E' \t\r\n') COLLATE "C") COLLATE "default" AS entity_type, o.stat_date AS day, o.stats
    FROM social.daily_stats o
    WHERE o.entity_id = $2::bigint
      AND o.stat_date BETWEEN $3::date AND $4::date
    ORDER BY
      lower(btrim(o.entity_type, E' \t\r\n') COLLATE "C") COLLATE "default", o.stat_date, GREATEST(o.created_at,
        o.updated_at) DESC, o.id DESC) l
  CROSS JOIN LATERAL (
    -- nothing of it counts if anything of it is bad
    SELECT s.name, s.number, bool_and(s.is_good) OVER () AS are_good
    FROM (
      SELECT
        e.key AS name, n.number,
        jsonb_typeof(e.value) IN ('number', 'null') AND e.key COLLATE "C" ~ '^[a-z][a-z0-9_]{0,62}$'
          AND (CASE WHEN e.key LIKE '%\_rate' THEN n.number BETWEEN -999999.999999 AND 999999.999999
            ELSE n.number = trunc(n.number) AND n.number BETWEEN 0 AND 9223372036854775807 END) IS NOT FALSE AS is_good
      FROM jsonb_each(CASE jsonb_typeof(l.stats) WHEN 'object' THEN l.stats ELSE '{}' END) e
      CROSS JOIN LATERAL (
        SELECT CASE WHEN jsonb_typeof(e.value) = 'number' THEN
          CASE WHEN e.key LIKE '%\_rate' THEN ROUND((e.value #>> '{}')::numeric, 6)
            ELSE (e.value #>> '{}')::numeric END END AS number) n) s) v
  WHERE v.are_good AND v.number IS NOT NULL
),
said AS (
  SELECT DISTINCT ON (s.entity_type, s.recorded_at, s.name) s.entity_type, s.recorded_at, s.name, s.number
  FROM sources s
  WHERE s.entity_type IN (SELECT e.entity_type FROM entity e)
    AND ($5::text[] IS NULL OR s.name = ANY($5::text[]))
    AND s.recorded_at >= '0001-01-01 00:00:00+00' AND s.recorded_at < '10000-01-01 00:00:00+00'
  ORDER BY s.entity_type, s.recorded_at, s.name, s.rank
)
SELECT
  'points'::text AS section,
  v.entity_type,
  v.name AS metric,
  to_char(date_trunc($6::text, v.recorded_at AT TIME ZONE 'UTC'), 'YYYY-MM-DD') AS first_day,
  COUNT(*) AS moments,
  trim_scale(SUM(v.number)) AS total,
  trim_scale(MIN(v.number)) AS least,
  trim_scale(MAX(v.number)) AS most,
  trim_scale((ARRAY_AGG(v.number ORDER BY v.recorded_at DESC))[1]) AS last
FROM said v
GROUP BY v.entity_type, v.name, date_trunc($6::text, v.recorded_at AT TIME ZONE 'UTC')
ORDER BY v.entity_type COLLATE "C", v.name COLLATE "C", date_trunc($6::text, v.recorded_at AT TIME ZONE 'UTC')
