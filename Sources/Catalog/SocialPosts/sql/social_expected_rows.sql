-- name: social_expected_rows
-- takes: $1 bigint[] (entities); `refused (table_name, id)` stands before it
-- gives: as social_mapped_rows
-- why: a part of other statements, for verification: the mapping written apart from social_mapped_rows, so that a
--      mistake in one of them shows against the other. Numbers are taken apart, one row for each name that a source
--      says, ordered by the source's rank, and put together again. All joins of parts are FULL JOINs of materialized
--      ones: they are never nested loops, however few rows the planner expects.

homes AS MATERIALIZED (
  -- workspaces by what posts call them
  SELECT h.called, h.id FROM (
    SELECT w.id::text AS called, w.id FROM social.workspaces w
    UNION ALL
    SELECT 'team ' || w.slug, w.id FROM social.workspaces w) h
),
said_posts AS MATERIALIZED (
  SELECT
    p.id,
    (SELECT h.id FROM homes h WHERE h.called = p.workspace_id::text) AS by_id,
    (SELECT h.id FROM homes h WHERE h.called = 'team ' || btrim(lower(p.team COLLATE "C"), E'\n\r\t ')) AS by_team,
    btrim(lower(p.status COLLATE "C"), E'\n\r\t ') AS status,
    btrim(lower(p.platform COLLATE "C"), E'\n\r\t ') AS platform,
    CASE WHEN jsonb_typeof(p.media_urls) = 'array' THEN p.media_urls
      ELSE '[]'::jsonb || COALESCE(NULLIF(p.media_urls, 'null'), '[]') END AS media,
    CASE WHEN p.embedding IS NOT NULL THEN
      regexp_match(btrim(lower(p.embedding_model COLLATE "C"), E'\n\r\t '),
        '^([a-z0-9][a-z0-9./_-]{0,99})(?:@([1-9]\d{0,3}))?$') END AS model,
    LEAST(p.like_count, p.comment_count, p.share_count, p.view_count) AS least_count,
    ARRAY[p.scheduled_at, p.published_at, p.counted_at, p.created_at] AS times
  FROM social.posts p
  WHERE p.id = ANY($1::bigint[])
),
said_media AS MATERIALIZED (
  SELECT
    s.id, COALESCE(s.by_id, s.by_team) AS organization_id, e.place::integer - 1 AS position,
    COALESCE(CASE WHEN jsonb_typeof(e.item -> 'url') = 'string' THEN e.item ->> 'url' END,
      CASE WHEN jsonb_typeof(e.item) = 'string' THEN ('{}'::jsonb || jsonb_build_object('u', e.item)) ->> 'u' END, '')
      AS url,
    CASE WHEN jsonb_typeof(e.item) = 'object' THEN e.item #- '{url}' ELSE jsonb_build_object() END AS details
  FROM said_posts s
  CROSS JOIN LATERAL jsonb_path_query(s.media, 'strict $[*]') WITH ORDINALITY e (item, place)
),
media_faults AS MATERIALIZED (
  SELECT m.id, min(length(m.url)) = 0 AS has_bad_media FROM said_media m GROUP BY m.id
),
said_embeddings AS MATERIALIZED (
  SELECT p.id, count(*) = count(e.value) AND bool_and(e.value = 0 OR e.value BETWEEN 1e-15 AND 1e4
      OR e.value BETWEEN -1e4 AND -1e-15) AND max(abs(e.value)) > 0
      AND cardinality(p.embedding) < 4001 AND array_dims(p.embedding) ~ '^\[1:\d+\]$' AS is_good
  FROM social.posts p
  CROSS JOIN LATERAL unnest(p.embedding) e (value)
  WHERE p.id = ANY($1::bigint[])
  GROUP BY p.id, p.embedding
),
post_verdicts AS MATERIALIZED (
  SELECT
    s.id, s.status, s.platform, s.model, COALESCE(s.by_id, s.by_team) AS organization_id, s.by_id, s.by_team,
    e.is_good IS TRUE AND s.model IS NOT NULL AS has_vector,
    CASE
      WHEN NOT s.status = ANY ('{archived,failed,published,scheduled,draft}') THEN 'bad_status'
      WHEN NOT s.platform = ANY ('{facebook,instagram,linkedin,tiktok,x,youtube}') THEN 'bad_platform'
      WHEN f.has_bad_media THEN 'bad_media'
      WHEN s.least_count < 0 THEN 'bad_count'
      WHEN EXISTS (
        SELECT FROM unnest(s.times) t (time)
        WHERE NOT isfinite(t.time) OR EXTRACT(YEAR FROM t.time AT TIME ZONE 'UTC') NOT BETWEEN 1 AND 9999)
        THEN 'overflow'
      WHEN EXISTS (SELECT FROM refused r WHERE r.id = s.id AND r.table_name = 'posts') THEN 'refused'
      WHEN num_nulls(s.status, s.platform) > 0 THEN 'incomplete'
      WHEN COALESCE(s.by_id, s.by_team) IS NULL THEN 'no_organization'
    END AS reason
  FROM said_posts s
  FULL JOIN media_faults f ON f.id = s.id
  FULL JOIN said_embeddings e ON e.id = s.id
),
expected_posts_core AS MATERIALIZED (
  SELECT
    p.id AS entity_id, v.organization_id, p.user_id, p.account_id, v.platform, p.platform_post_id, v.status,
    p.scheduled_at, p.published_at, p.created_at
  FROM (SELECT o.* FROM social.posts o WHERE o.id = ANY($1::bigint[])) p
  FULL JOIN post_verdicts v ON v.id = p.id
  WHERE v.reason IS NULL
),
expected_posts_content AS MATERIALIZED (
  SELECT
    p.id AS entity_id, v.organization_id, p.text, p.caption,
    COALESCE((
      SELECT array_agg(w.word ORDER BY w.place)
      FROM (
        SELECT DISTINCT ON (lower(s.word COLLATE "C")) lower(s.word COLLATE "C") AS word, s.place
        FROM regexp_split_to_table(translate(p.hashtags, E'\t\r\n#,;[]{}"''', '            '), ' +')
          WITH ORDINALITY s (word, place)
        WHERE s.word <> ''
        ORDER BY 1, s.place) w), '{}') AS hashtags
  FROM (SELECT o.* FROM social.posts o WHERE o.id = ANY($1::bigint[])) p
  FULL JOIN post_verdicts v ON v.id = p.id
  WHERE v.reason IS NULL
),
good_media AS MATERIALIZED (
  SELECT
    m.id, m.position, m.organization_id, m.url, m.details,
    encode(substr(sha256(convert_to(concat(m.organization_id, ' ', m.url), 'UTF8')), 1, 16), 'hex')::uuid AS media_id
  FROM said_media m
  FULL JOIN post_verdicts v ON v.id = m.id
  WHERE m.id IS NOT NULL AND v.reason IS NULL
),
expected_media_files AS MATERIALIZED (
  SELECT
    g.id AS for_key, g.media_id AS id, g.organization_id, g.url,
    COALESCE((
      SELECT k.kind
      FROM (VALUES
        ('{mp4,mov,webm,m4v}'::text[], 'video'), ('{jpg,jpeg,png,gif,webp,avif,heic}', 'image')) k (endings, kind)
      WHERE EXISTS (
        SELECT FROM regexp_matches(lower(g.url COLLATE "C"), '\.([a-z0-9]+)(?=[?#]|$)', 'g') e (ending)
        WHERE e.ending[1] = ANY (k.endings))
      ORDER BY k.kind DESC
      LIMIT 1), 'other') AS kind
  FROM good_media g
  GROUP BY g.id, g.media_id, g.organization_id, g.url
),
expected_post_media_links AS MATERIALIZED (
  SELECT g.id AS entity_id, g.position, g.organization_id, g.media_id, g.details FROM good_media g
),
expected_embeddings AS MATERIALIZED (
  SELECT
    p.id AS entity_id, 'post' AS entity_type, v.model[1] AS model, COALESCE(v.model[2]::integer, 1) AS version,
    v.organization_id, (SELECT array_agg(e.value::real ORDER BY e.place)
      FROM unnest(p.embedding) WITH ORDINALITY e (value, place)) AS embedding
  FROM (SELECT o.id, o.embedding FROM social.posts o WHERE o.id = ANY($1::bigint[])) p
  FULL JOIN (SELECT g.id, g.model, g.organization_id FROM post_verdicts g WHERE g.reason IS NULL AND g.has_vector) v
    ON v.id = p.id
  WHERE v.id IS NOT NULL
),
entities AS MATERIALIZED (
  SELECT v.id AS entity_id, 'post' AS entity_type, v.organization_id FROM post_verdicts v WHERE v.reason IS NULL
  UNION ALL
  SELECT a.id, 'account', a.workspace_id FROM social.accounts a WHERE a.id = ANY($1::bigint[])
),
old_rows AS MATERIALIZED (
  -- highest rank wins; the day or the moment as text, whatever it is
  SELECT
    5 AS rank, 'post_analytics' AS table_name, o.id, o.post_id AS key, 'post' AS entity_type, o.stat_day::text AS at,
    o.stat_day AS day, NULL::timestamptz AS moment, GREATEST(o.updated_at, o.created_at) AS said_at,
    to_jsonb(o) - '{id,post_id,stat_day,created_at,updated_at}'::text[] AS said, '{}'::jsonb AS reel
  FROM social.post_analytics o
  WHERE o.post_id = ANY($1::bigint[])
  UNION ALL
  SELECT
    4, 'account_analytics', o.id, o.account_id, 'account', o.day::text, o.day, NULL, o.created_at,
    to_jsonb(o) - '{id,account_id,day,created_at}'::text[], '{}'
  FROM social.account_analytics o
  WHERE o.account_id = ANY($1::bigint[])
  UNION ALL
  SELECT
    3, 'instagramreelsscraper', o.id, o.post_id, 'post', EXTRACT(EPOCH FROM o.scraped_at)::text, NULL, o.scraped_at,
    o.created_at,
    jsonb_build_object('reel_plays', o.play_count, 'reel_likes', o.like_count, 'reel_comments', o.comment_count),
    jsonb_strip_nulls(jsonb_build_object(
      'reel_shortcode', o.shortcode, 'reel_music', o.music, 'reel_seconds', o.duration_seconds))
  FROM social.instagramreelsscraper o
  WHERE o.post_id = ANY($1::bigint[])
  UNION ALL
  SELECT
    2, 'instagramreelsscraper_duplicate', o.id, o.post_id, 'post', EXTRACT(EPOCH FROM o.scraped_at)::text, NULL,
    o.scraped_at, GREATEST(o.updated_at, o.created_at),
    jsonb_build_object('reel_plays', o.plays, 'reel_likes', o.likes, 'reel_comments', o.comments),
    jsonb_strip_nulls(jsonb_build_object('reel_shortcode', o.code, 'reel_music', o.audio, 'reel_seconds', o.duration))
  FROM social.instagramreelsscraper_duplicate o
  WHERE o.post_id = ANY($1::bigint[])
  UNION ALL
  SELECT
    1, 'daily_stats', o.id, o.entity_id, btrim(lower(o.entity_type COLLATE "C"), E'\n\r\t '), o.stat_date::text,
    o.stat_date, NULL, GREATEST(o.updated_at, o.created_at), COALESCE(NULLIF(o.stats, 'null'), '{}'), '{}'
  FROM social.daily_stats o
  WHERE o.entity_id = ANY($1::bigint[])
),
names AS MATERIALIZED (
  -- what each row says, name by name
  SELECT
    o.table_name, o.id, e.key AS name, e.value,
    CASE WHEN jsonb_typeof(e.value) = 'number' THEN
      CASE WHEN right(e.key, 5) = '_rate' THEN trim_scale(ROUND(e.value::text::numeric, 6))
        ELSE trim_scale(e.value::text::numeric) END END AS number
  FROM old_rows o
  CROSS JOIN LATERAL jsonb_each(CASE WHEN jsonb_typeof(o.said) = 'object' THEN o.said ELSE '{}' END) e
),
name_faults AS MATERIALIZED (
  SELECT
    n.table_name, n.id, count(n.number) AS numbers,
    bool_or(NOT n.name COLLATE "C" ~ '^[a-z][a-z0-9_]*$' OR length(n.name) > 63
      OR jsonb_typeof(n.value) NOT IN ('number', 'null')
      OR right(n.name, 5) <> '_rate' AND (n.number < 0 OR n.number > 9223372036854775807 OR mod(n.number,
        1) <> 0) IS TRUE
      OR right(n.name, 5) = '_rate' AND (abs(n.number) >= 1000000) IS TRUE) AS has_bad_stats,
    bool_or(right(n.name, 5) <> '_rate' AND n.number < 0) AS has_bad_count,
    -- NaN and infinity are text in JSON
    bool_or(right(n.name, 5) = '_rate' AND (abs(n.number) >= 1000000 OR jsonb_typeof(n.value) = 'string'))
      AS has_bad_rate
  FROM names n
  GROUP BY n.table_name, n.id
),
ages AS MATERIALIZED (
  SELECT o.table_name, o.id
  FROM (
    SELECT DISTINCT ON (a.table_name, a.key, a.entity_type, a.at, CASE WHEN a.at IS NULL THEN a.id END)
      a.table_name, a.id
    FROM old_rows a
    ORDER BY a.table_name, a.key, a.entity_type, a.at, CASE WHEN a.at IS NULL THEN a.id END, a.said_at DESC,
      a.id DESC) o
),
verdicts AS MATERIALIZED (
  SELECT
    o.rank, o.table_name, o.id, o.key, o.entity_type, o.reel, n.organization_id,
    CASE
      WHEN a.id IS NULL THEN 'older_duplicate'
      WHEN o.entity_type IS NULL OR o.entity_type NOT IN ('post', 'account') THEN 'bad_type'
      WHEN o.table_name = 'daily_stats' AND (jsonb_typeof(o.said) <> 'object' OR f.has_bad_stats) THEN 'bad_stats'
      WHEN o.table_name <> 'daily_stats' AND (f.has_bad_count OR (o.reel ->> 'reel_seconds')::integer < 0)
        THEN 'bad_count'
      WHEN o.table_name = 'account_analytics' AND f.has_bad_rate
        OR NOT isfinite(o.day) OR NOT isfinite(o.moment)
        OR EXTRACT(YEAR FROM CASE WHEN isfinite(o.day) THEN o.day END) NOT BETWEEN 1 AND 9999
        OR EXTRACT(YEAR FROM o.moment AT TIME ZONE 'UTC') NOT BETWEEN 1 AND 9999 THEN 'overflow'
      WHEN EXISTS (SELECT FROM refused r WHERE r.id = o.id AND r.table_name = o.table_name) THEN 'refused'
      WHEN o.at IS NULL OR COALESCE(f.numbers, 0) = 0 AND o.reel = '{}' THEN 'incomplete'
      WHEN n.organization_id IS NULL THEN 'no_entity'
    END AS reason,
    CASE WHEN isfinite(o.moment) THEN o.moment
      WHEN o.day BETWEEN '0001-01-01' AND '9999-12-31' THEN timezone('UTC', o.day::timestamp) END AS recorded_at
  FROM old_rows o
  FULL JOIN ages a ON a.table_name = o.table_name AND a.id = o.id
  FULL JOIN name_faults f ON f.table_name = o.table_name AND f.id = o.id
  FULL JOIN entities n ON n.entity_id = o.key AND n.entity_type = o.entity_type
  WHERE o.id IS NOT NULL
),
said_numbers AS MATERIALIZED (
  SELECT
    v.rank, v.table_name, v.id, v.key, v.entity_type, v.recorded_at, v.organization_id, n.name, n.number,
    first_value(n.number) OVER (
      PARTITION BY v.key, v.entity_type, v.recorded_at, n.name ORDER BY v.rank DESC) AS kept
  FROM (SELECT g.* FROM verdicts g WHERE g.reason IS NULL) v
  FULL JOIN (SELECT m.* FROM names m WHERE m.number IS NOT NULL) n ON n.table_name = v.table_name AND n.id = v.id
  WHERE v.id IS NOT NULL AND n.id IS NOT NULL
),
expected_time_series_metrics AS MATERIALIZED (
  SELECT
    s.key AS entity_id, s.entity_type, s.recorded_at, s.organization_id,
    jsonb_object_agg(s.name, s.kept) AS metrics
  FROM said_numbers s
  GROUP BY s.key, s.entity_type, s.recorded_at, s.organization_id
),
last_scrapes AS MATERIALIZED (
  SELECT DISTINCT ON (v.key, v.rank) v.key, v.rank, v.table_name, v.id, v.organization_id, v.reel
  FROM verdicts v
  WHERE v.reason IS NULL AND v.rank IN (2, 3)
  ORDER BY v.key, v.rank, v.recorded_at DESC
),
reels AS MATERIALIZED (
  SELECT
    l.key, COALESCE((jsonb_agg(l.reel) FILTER (WHERE l.rank = 2)) -> 0, '{}')
      || COALESCE((jsonb_agg(l.reel) FILTER (WHERE l.rank = 3)) -> 0, '{}') AS reel
  FROM last_scrapes l
  GROUP BY l.key
),
expected_post_insights AS MATERIALIZED (
  SELECT
    v.id AS entity_id, v.organization_id, p.like_count AS likes, p.comment_count AS comments, p.share_count AS shares,
    p.view_count AS views, p.counted_at, r.reel ->> 'reel_shortcode' AS reel_shortcode,
    r.reel ->> 'reel_music' AS reel_music, (r.reel ->> 'reel_seconds')::integer AS reel_seconds, p.platform_data
  FROM (SELECT g.id, g.organization_id FROM post_verdicts g WHERE g.reason IS NULL) v
  FULL JOIN (SELECT o.* FROM social.posts o WHERE o.id = ANY($1::bigint[])) p ON p.id = v.id
  FULL JOIN reels r ON r.key = v.id
  WHERE v.id IS NOT NULL AND (
    num_nonnulls(p.like_count, p.comment_count, p.share_count, p.view_count, p.counted_at, p.platform_data) > 0
    OR r.reel <> '{}')
),
lost_values AS MATERIALIZED (
  SELECT
    s.table_name, s.id, s.key,
    concat(s.entity_type, ' ', to_char(s.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')) AS member,
    s.name AS column_name, s.organization_id, s.kept::text AS kept, s.number::text AS other
  FROM said_numbers s
  WHERE s.number IS DISTINCT FROM s.kept
  UNION ALL
  SELECT l.table_name, l.id, l.key, 'reel', e.key, l.organization_id, r.reel ->> e.key, e.value
  FROM last_scrapes l
  FULL JOIN reels r ON r.key = l.key
  CROSS JOIN LATERAL jsonb_each_text(l.reel) e
  WHERE e.value <> r.reel ->> e.key
  UNION ALL
  SELECT 'posts', v.id, v.id, '', 'organization_id', v.organization_id, v.by_id::text, v.by_team::text
  FROM post_verdicts v
  WHERE v.reason IS NULL AND v.by_id <> v.by_team
),
expected_social_disagreements AS MATERIALIZED (
  SELECT l.key AS entity_id, l.table_name, l.member, l.column_name, l.organization_id, l.kept, l.other
  FROM lost_values l
),
losers AS MATERIALIZED (
  SELECT l.table_name, l.id FROM lost_values l GROUP BY l.table_name, l.id
),
all_verdicts AS MATERIALIZED (
  SELECT v.table_name, v.id, v.key, v.reason, false AS has_bad_embedding FROM verdicts v
  UNION ALL
  SELECT 'posts', v.id, v.id, v.reason, NOT v.has_vector AND p.embedding IS NOT NULL
  FROM post_verdicts v
  FULL JOIN (SELECT o.id, o.embedding FROM social.posts o WHERE o.id = ANY($1::bigint[])) p ON p.id = v.id
),
judged AS MATERIALIZED (
  SELECT
    v.table_name, v.id, v.key,
    CASE
      WHEN v.reason IS NOT NULL THEN v.reason
      WHEN v.has_bad_embedding THEN 'bad_embedding'
      WHEN l.id IS NOT NULL THEN 'disagrees'
    END AS reason,
    v.reason IS NOT NULL AS is_skipped
  FROM all_verdicts v
  FULL JOIN losers l ON l.table_name = v.table_name AND l.id = v.id
),
