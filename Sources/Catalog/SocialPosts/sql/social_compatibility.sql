-- name: social_compatibility
-- takes: nothing
-- why: for each old table a view of its shape over the new tables, beside the table that it will replace: old
--      code still reads and writes. Who can read and write the table can do so with the view. README.md says what a
--      write through a view does. May run again.

DROP VIEW IF EXISTS social.posts_compatibility_view;
DROP VIEW IF EXISTS social.post_analytics_compatibility_view;
DROP VIEW IF EXISTS social.account_analytics_compatibility_view;
DROP VIEW IF EXISTS social.daily_stats_compatibility_view;
DROP VIEW IF EXISTS social.instagramreelsscraper_compatibility_view;
DROP VIEW IF EXISTS social.instagramreelsscraper_duplicate_compatibility_view;

CREATE VIEW social.posts_compatibility_view AS
SELECT
  n.entity_id AS id,
  n.user_id,
  n.organization_id AS workspace_id,
  NULL::text AS team,
  n.account_id,
  n.platform,
  n.platform_post_id,
  n.status,
  n.scheduled_at,
  n.published_at,
  c.text,
  c.caption,
  '#' || NULLIF(array_to_string(c.hashtags, ' #'), '') AS hashtags,
  (
    SELECT jsonb_agg(
      CASE WHEN l.details = '{}' THEN to_jsonb(f.url) ELSE l.details || jsonb_build_object('url', f.url) END
      ORDER BY l.position)
    FROM social.post_media_links l
    JOIN social.media_files f ON f.id = l.media_id
    WHERE l.entity_id = n.entity_id) AS media_urls,
  e.embedding::float8[] AS embedding,
  e.model || CASE WHEN e.version > 1 THEN '@' || e.version ELSE '' END AS embedding_model,
  i.likes AS like_count,
  i.comments AS comment_count,
  i.shares AS share_count,
  i.views AS view_count,
  i.counted_at,
  i.platform_data,
  n.created_at,
  NULL::timestamptz AS updated_at
FROM social.posts_core n
JOIN social.posts_content c ON c.entity_id = n.entity_id
LEFT JOIN social.post_insights i ON i.entity_id = n.entity_id
LEFT JOIN LATERAL (
  SELECT v.embedding, v.model, v.version
  FROM social.embeddings v
  WHERE v.entity_id = n.entity_id AND v.entity_type = 'post'
  ORDER BY v.version DESC, v.model COLLATE "C"
  LIMIT 1) e ON true;

CREATE VIEW social.post_analytics_compatibility_view AS
SELECT
  hash_record_extended(ROW(n.entity_id, n.entity_type, n.recorded_at), 0) & 9223372036854775807 AS id,
  n.entity_id AS post_id,
  (n.recorded_at AT TIME ZONE 'UTC')::date AS stat_day,
  (n.metrics ->> 'impressions')::bigint AS impressions,
  (n.metrics ->> 'reach')::bigint AS reach,
  (n.metrics ->> 'likes')::bigint AS likes,
  (n.metrics ->> 'comments')::bigint AS comments,
  (n.metrics ->> 'shares')::bigint AS shares,
  (n.metrics ->> 'saves')::bigint AS saves,
  (n.metrics ->> 'clicks')::bigint AS clicks,
  (n.metrics ->> 'video_views')::bigint AS video_views,
  n.recorded_at AS created_at,
  NULL::timestamptz AS updated_at
FROM social.time_series_metrics n
WHERE n.entity_type = 'post'
  AND n.metrics ?| ARRAY['impressions', 'reach', 'likes', 'comments', 'shares', 'saves', 'clicks', 'video_views']
  AND n.recorded_at AT TIME ZONE 'UTC' = date_trunc('day', n.recorded_at AT TIME ZONE 'UTC');

CREATE VIEW social.account_analytics_compatibility_view AS
SELECT
  hash_record_extended(ROW(n.entity_id, n.entity_type, n.recorded_at), 0) & 9223372036854775807 AS id,
  n.entity_id AS account_id,
  (n.recorded_at AT TIME ZONE 'UTC')::date AS day,
  (n.metrics ->> 'followers')::bigint AS followers,
  (n.metrics ->> 'following')::bigint AS following,
  (n.metrics ->> 'profile_views')::bigint AS profile_views,
  (n.metrics ->> 'impressions')::bigint AS impressions,
  (n.metrics ->> 'reach')::bigint AS reach,
  (n.metrics ->> 'engagement_rate')::numeric AS engagement_rate,
  n.recorded_at AS created_at
FROM social.time_series_metrics n
WHERE n.entity_type = 'account'
  AND n.metrics ?| ARRAY['followers', 'following', 'profile_views', 'impressions', 'reach', 'engagement_rate']
  AND n.recorded_at AT TIME ZONE 'UTC' = date_trunc('day', n.recorded_at AT TIME ZONE 'UTC');

CREATE VIEW social.daily_stats_compatibility_view AS
SELECT
  hash_record_extended(ROW(n.entity_id, n.entity_type, n.recorded_at), 0) & 9223372036854775807 AS id,
  n.entity_id,
  n.entity_type,
  (n.recorded_at AT TIME ZONE 'UTC')::date AS stat_date,
  n.metrics AS stats,
  n.recorded_at AS created_at,
  NULL::timestamptz AS updated_at
FROM social.time_series_metrics n
WHERE n.recorded_at AT TIME ZONE 'UTC' = date_trunc('day', n.recorded_at AT TIME ZONE 'UTC');

CREATE VIEW social.instagramreelsscraper_compatibility_view AS
SELECT
  hash_record_extended(ROW(n.entity_id, n.entity_type, n.recorded_at), 0) & 9223372036854775807 AS id,
  n.entity_id AS post_id,
  i.reel_shortcode AS shortcode,
  i.reel_music AS music,
  i.reel_seconds AS duration_seconds,
  (n.metrics ->> 'reel_plays')::bigint AS play_count,
  (n.metrics ->> 'reel_likes')::bigint AS like_count,
  (n.metrics ->> 'reel_comments')::bigint AS comment_count,
  n.recorded_at AS scraped_at,
  n.recorded_at AS created_at
FROM social.time_series_metrics n
LEFT JOIN social.post_insights i ON i.entity_id = n.entity_id
WHERE n.entity_type = 'post' AND n.metrics ?| ARRAY['reel_plays', 'reel_likes', 'reel_comments'];

CREATE VIEW social.instagramreelsscraper_duplicate_compatibility_view AS
SELECT
  hash_record_extended(ROW(n.entity_id, n.entity_type, n.recorded_at), 0) & 9223372036854775807 AS id,
  n.entity_id AS post_id,
  i.reel_shortcode AS code,
  i.reel_music AS audio,
  i.reel_seconds AS duration,
  (n.metrics ->> 'reel_plays')::bigint AS plays,
  (n.metrics ->> 'reel_likes')::bigint AS likes,
  (n.metrics ->> 'reel_comments')::bigint AS comments,
  n.recorded_at AS scraped_at,
  n.recorded_at AS created_at,
  NULL::timestamptz AS updated_at
FROM social.time_series_metrics n
LEFT JOIN social.post_insights i ON i.entity_id = n.entity_id
WHERE n.entity_type = 'post' AND n.metrics ?| ARRAY['reel_plays', 'reel_likes', 'reel_comments'];

-- A post as old code writes it. What the mapping skips is refused here.
CREATE OR REPLACE FUNCTION social.social_compatibility_post() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  organization UUID;
  media JSONB;
  named TEXT;
  moves BOOLEAN;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('social.social_compatibility', COALESCE(OLD.id, NEW.id)));
  IF TG_OP = 'DELETE' THEN
    DELETE FROM social.posts_core n WHERE n.entity_id = OLD.id;
    IF NOT FOUND THEN
      RETURN NULL;
    END IF;
    RETURN OLD;
  END IF;

  IF TG_OP = 'UPDATE' AND NEW.id <> OLD.id THEN
    RAISE feature_not_supported USING MESSAGE = 'a post keeps its id';
  END IF;
  NEW.status := lower(btrim(NEW.status, E' \t\r\n') COLLATE "C");
  NEW.platform := lower(btrim(NEW.platform, E' \t\r\n') COLLATE "C");
  NEW.created_at := COALESCE(NEW.created_at, now());
  organization := COALESCE(
    (SELECT o.id FROM social.organizations o WHERE o.id = NEW.workspace_id),
    (SELECT o.id FROM social.organizations o WHERE o.slug = lower(btrim(NEW.team, E' \t\r\n') COLLATE "C")));
  IF organization IS NULL THEN
    RAISE foreign_key_violation USING MESSAGE = 'no_organization: neither workspace_id nor team is known';
  END IF;
  moves := TG_OP = 'UPDATE' AND organization <> OLD.workspace_id;
  media := CASE COALESCE(jsonb_typeof(NEW.media_urls), 'null')
    WHEN 'array' THEN NEW.media_urls WHEN 'null' THEN '[]' ELSE jsonb_build_array(NEW.media_urls) END;
  IF EXISTS (
    SELECT FROM jsonb_array_elements(media) e (item)
    WHERE COALESCE(CASE jsonb_typeof(e.item)
      WHEN 'string' THEN e.item #>> '{}'
      WHEN 'object' THEN CASE jsonb_typeof(e.item -> 'url') WHEN 'string' THEN e.item ->> 'url' END END, '') = '')
  THEN
    RAISE check_violation USING MESSAGE = format('bad_media: %s', NEW.media_urls);
  END IF;

  IF TG_OP = 'INSERT' THEN
    INSERT INTO social.posts_core (
      entity_id, organization_id, user_id, account_id, platform, platform_post_id, status, scheduled_at, published_at,
      created_at)
    VALUES (
      NEW.id, organization, NEW.user_id, NEW.account_id, NEW.platform, NEW.platform_post_id, NEW.status,
      NEW.scheduled_at, NEW.published_at, NEW.created_at);
  ELSE
    UPDATE social.posts_core n SET
      organization_id = organization, user_id = NEW.user_id, account_id = NEW.account_id, platform = NEW.platform,
      platform_post_id = NEW.platform_post_id, status = NEW.status, scheduled_at = NEW.scheduled_at,
      published_at = NEW.published_at, created_at = NEW.created_at
    WHERE n.entity_id = OLD.id;
    IF NOT FOUND THEN
      RETURN NULL;
    END IF;
    IF moves THEN
      UPDATE social.posts_content n SET organization_id = organization WHERE n.entity_id = OLD.id;
      UPDATE social.post_insights n SET organization_id = organization WHERE n.entity_id = OLD.id;
      UPDATE social.embeddings n SET organization_id = organization WHERE n.entity_id = OLD.id;
      UPDATE social.time_series_metrics n SET organization_id = organization
      WHERE n.entity_id = OLD.id AND n.entity_type = 'post';
      UPDATE social.social_disagreements d SET organization_id = organization
      WHERE d.entity_id = OLD.id AND d.member NOT LIKE 'account %';
      DELETE FROM social.social_disagreements d WHERE d.entity_id = OLD.id AND d.column_name = 'organization_id';
    END IF;
  END IF;

  IF TG_OP = 'INSERT' OR (NEW.text, NEW.caption, NEW.hashtags) IS DISTINCT FROM (OLD.text, OLD.caption, OLD.hashtags)
  THEN
    INSERT INTO social.posts_content (entity_id, organization_id, text, caption, hashtags)
    VALUES (NEW.id, organization, NEW.text, NEW.caption, ARRAY(
      SELECT f.tag
      FROM (
        SELECT lower(m.found[1] COLLATE "C") COLLATE "default" AS tag, min(m.place) AS place
        FROM regexp_matches(NEW.hashtags, E'[^][ \t\r\n#,;"''{}]+', 'g') WITH ORDINALITY m (found, place)
        GROUP BY 1) f
      ORDER BY f.place))
    ON CONFLICT (entity_id) DO UPDATE SET
      text = excluded.text, caption = excluded.caption, hashtags = excluded.hashtags;
  END IF;

  IF TG_OP = 'INSERT' OR moves OR NEW.media_urls IS DISTINCT FROM OLD.media_urls THEN
    DELETE FROM social.post_media_links l WHERE l.entity_id = NEW.id;
    WITH said AS (
      SELECT
        (e.place - 1)::integer AS position, u.url,
        left(encode(sha256(convert_to(organization || ' ' || u.url, 'UTF8')), 'hex'), 32)::uuid AS media_id,
        CASE jsonb_typeof(e.item) WHEN 'object' THEN e.item - 'url' ELSE '{}' END AS details
      FROM jsonb_array_elements(media) WITH ORDINALITY e (item, place)
      CROSS JOIN LATERAL (
        SELECT CASE jsonb_typeof(e.item) WHEN 'object' THEN e.item ->> 'url' ELSE e.item #>> '{}' END AS url) u
    ),
    held AS MATERIALIZED (
      SELECT f.id FROM social.media_files f WHERE f.id IN (SELECT s.media_id FROM said s) FOR KEY SHARE OF f
    ),
    files AS (
      INSERT INTO social.media_files (id, organization_id, url, kind)
      SELECT DISTINCT
        s.media_id, organization, s.url,
        CASE
          WHEN lower(s.url COLLATE "C") ~ '\.(mp4|mov|webm|m4v)([?#]|$)' THEN 'video'
          WHEN lower(s.url COLLATE "C") ~ '\.(jpg|jpeg|png|gif|webp|avif|heic)([?#]|$)' THEN 'image'
          ELSE 'other' END
      FROM said s
      WHERE s.media_id NOT IN (SELECT h.id FROM held h)
      ON CONFLICT (id) DO NOTHING
    )
    INSERT INTO social.post_media_links (entity_id, position, organization_id, media_id, details)
    SELECT NEW.id, s.position, organization, s.media_id, s.details FROM said s;
  END IF;

  IF TG_OP = 'INSERT' OR (NEW.like_count, NEW.comment_count, NEW.share_count, NEW.view_count, NEW.counted_at,
    NEW.platform_data::text) IS DISTINCT FROM (OLD.like_count, OLD.comment_count, OLD.share_count, OLD.view_count,
    OLD.counted_at, OLD.platform_data::text)
  THEN
    IF num_nonnulls(NEW.like_count, NEW.comment_count, NEW.share_count, NEW.view_count, NEW.counted_at,
      NEW.platform_data) > 0
    THEN
      INSERT INTO social.post_insights (
        entity_id, organization_id, likes, comments, shares, views, counted_at, platform_data)
      VALUES (
        NEW.id, organization, NEW.like_count, NEW.comment_count, NEW.share_count, NEW.view_count, NEW.counted_at,
        NEW.platform_data)
      ON CONFLICT (entity_id) DO UPDATE SET
        likes = excluded.likes, comments = excluded.comments, shares = excluded.shares, views = excluded.views,
        counted_at = excluded.counted_at, platform_data = excluded.platform_data;
    ELSE
      DELETE FROM social.post_insights n
      WHERE n.entity_id = NEW.id AND num_nonnulls(n.reel_shortcode, n.reel_music, n.reel_seconds) = 0;
      UPDATE social.post_insights n SET
        likes = NULL, comments = NULL, shares = NULL, views = NULL, counted_at = NULL, platform_data = NULL
      WHERE n.entity_id = NEW.id;
    END IF;
  END IF;

  IF TG_OP = 'INSERT' OR (NEW.embedding, NEW.embedding_model) IS DISTINCT FROM (OLD.embedding, OLD.embedding_model) THEN
    IF TG_OP = 'UPDATE' AND OLD.embedding_model IS NOT NULL THEN
      DELETE FROM social.embeddings e
      WHERE e.entity_id = NEW.id AND e.entity_type = 'post' AND e.model = split_part(OLD.embedding_model, '@', 1)
        AND e.version = COALESCE(NULLIF(split_part(OLD.embedding_model, '@', 2), ''), '1')::integer;
    END IF;
    IF NEW.embedding IS NOT NULL THEN
      named := lower(btrim(NEW.embedding_model, E' \t\r\n') COLLATE "C");
      IF (named ~ '^[a-z0-9][a-z0-9._/-]{0,99}(@[1-9][0-9]{0,3})?$'
        AND array_ndims(NEW.embedding) = 1 AND array_lower(NEW.embedding, 1) = 1
        AND (
          SELECT bool_and(COALESCE(e.value = 0 OR abs(e.value) BETWEEN 1e-15 AND 1e4, false))
            AND bool_or(e.value <> 0)
          FROM unnest(NEW.embedding) e (value))) IS NOT TRUE
      THEN
        RAISE check_violation USING MESSAGE = format('bad_embedding: of %s', NEW.embedding_model);
      END IF;
      INSERT INTO social.embeddings (entity_id, entity_type, model, version, organization_id, embedding)
      VALUES (
        NEW.id, 'post', split_part(named, '@', 1),
        COALESCE(NULLIF(split_part(named, '@', 2), ''), '1')::integer, organization, NEW.embedding::real[])
      ON CONFLICT (entity_id, entity_type, model, version) DO UPDATE SET embedding = excluded.embedding;
    END IF;
  END IF;
  NEW.workspace_id := organization;
  RETURN NEW;
END
$$;

-- What a row says of numbers, by their names: from its columns as pairs of name and column, or from `stats`.
CREATE OR REPLACE FUNCTION social.social_compatibility_numbers(old_row JSONB, columns TEXT[]) RETURNS JSONB
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT COALESCE(jsonb_object_agg(s.name, CASE jsonb_typeof(s.value)
    WHEN 'number' THEN CASE WHEN s.name LIKE '%\_rate' THEN to_jsonb(trim_scale(ROUND((s.value #>> '{}')::numeric, 6)))
      ELSE to_jsonb(trim_scale((s.value #>> '{}')::numeric)) END
    ELSE s.value END), '{}')
  FROM (
    SELECT split_part(c.pair, '=', 1) AS name, old_row -> split_part(c.pair, '=', 2) AS value
    FROM unnest(columns) c (pair)
    WHERE c.pair <> '*'
    UNION ALL
    SELECT e.key, e.value
    FROM jsonb_each(CASE WHEN '*' = ANY (columns) AND jsonb_typeof(old_row -> 'stats') <> 'null'
      THEN old_row -> 'stats' ELSE '{}' END) e) s
  WHERE jsonb_typeof(s.value) <> 'null'
$$;

-- Numbers of a moment as old code writes them. The arguments: the columns of the entity, of its type (or the type), of
-- the day or moment, and of the reel's name, music and length (or empty); then pairs of a name and a column, `*` for
-- all of `stats`.
CREATE OR REPLACE FUNCTION social.social_compatibility_metrics() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  one JSONB := to_jsonb(OLD);
  two JSONB := to_jsonb(NEW);
  names TEXT[] := TG_ARGV[6:];
  before JSONB := '{}';
  after JSONB := '{}';
  gone TEXT[];
  key BIGINT;
  type TEXT;
  moment TIMESTAMPTZ;
  organization UUID;
  has_reel BOOLEAN := TG_ARGV[3] <> '';
BEGIN
  IF TG_OP <> 'INSERT' THEN
    PERFORM pg_advisory_xact_lock(hashtextextended('social.social_compatibility', (one ->> TG_ARGV[0])::bigint));
    before := social.social_compatibility_numbers(one, names);
    key := (one ->> TG_ARGV[0])::bigint;
    type := CASE TG_ARGV[1] WHEN 'entity_type' THEN one ->> 'entity_type' ELSE TG_ARGV[1] END;
    moment := CASE WHEN has_reel THEN (one ->> TG_ARGV[2])::timestamptz
      ELSE (one ->> TG_ARGV[2])::timestamp AT TIME ZONE 'UTC' END;
    IF TG_OP = 'DELETE' OR (one -> TG_ARGV[0], one -> TG_ARGV[1], one -> TG_ARGV[2])
      IS DISTINCT FROM (two -> TG_ARGV[0], two -> TG_ARGV[1], two -> TG_ARGV[2])
    THEN
      gone := ARRAY(SELECT k.name FROM jsonb_object_keys(before) k (name));
    ELSE
      after := social.social_compatibility_numbers(two, names);
      gone := ARRAY(SELECT e.key FROM jsonb_each(before) e WHERE e.value IS DISTINCT FROM after -> e.key);
    END IF;
    IF cardinality(gone) > 0 THEN
      DELETE FROM social.social_disagreements d
      WHERE d.entity_id = key AND d.column_name = ANY (gone)
        AND d.member = type || ' ' || to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
      DELETE FROM social.time_series_metrics n
      WHERE n.entity_id = key AND n.entity_type = type AND n.recorded_at = moment AND n.metrics - gone = '{}'
        AND NOT (TG_OP = 'UPDATE' AND after <> '{}');
      UPDATE social.time_series_metrics n SET metrics = CASE
        WHEN n.metrics - gone = '{}' THEN after ELSE n.metrics - gone END
      WHERE n.entity_id = key AND n.entity_type = type AND n.recorded_at = moment;
    END IF;
    IF TG_OP = 'DELETE' THEN
      RETURN OLD;
    END IF;
  END IF;

  key := (two ->> TG_ARGV[0])::bigint;
  type := CASE TG_ARGV[1]
    WHEN 'entity_type' THEN lower(btrim(two ->> 'entity_type', E' \t\r\n') COLLATE "C") ELSE TG_ARGV[1] END;
  moment := CASE WHEN has_reel THEN (two ->> TG_ARGV[2])::timestamptz
    ELSE (two ->> TG_ARGV[2])::timestamp AT TIME ZONE 'UTC' END;
  IF key IS NULL OR moment IS NULL THEN
    RAISE not_null_violation USING MESSAGE = format('null value in column "%s" or "%s"', TG_ARGV[0], TG_ARGV[2]);
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('social.social_compatibility', key));
  organization := CASE type
    WHEN 'post' THEN (SELECT p.organization_id FROM social.posts_core p WHERE p.entity_id = key)
    WHEN 'account' THEN (SELECT a.workspace_id FROM social.accounts a WHERE a.id = key) END;
  IF organization IS NULL THEN
    RAISE foreign_key_violation USING MESSAGE = format('no_entity: %s %s', type, key);
  END IF;
  after := social.social_compatibility_numbers(two, names);
  IF TG_OP = 'UPDATE' AND (one -> TG_ARGV[0], one -> TG_ARGV[1], one -> TG_ARGV[2])
    IS NOT DISTINCT FROM (two -> TG_ARGV[0], two -> TG_ARGV[1], two -> TG_ARGV[2])
  THEN
    -- what it does not change it does not say
    after := COALESCE((
      SELECT jsonb_object_agg(e.key, e.value) FROM jsonb_each(after) e WHERE e.value IS DISTINCT FROM before -> e.key),
        '{}');
  END IF;
  IF TG_OP = 'INSERT' AND after = '{}'
    AND (NOT has_reel OR num_nonnulls(two ->> TG_ARGV[3], two ->> TG_ARGV[4], two ->> TG_ARGV[5]) = 0)
  THEN
    RAISE check_violation USING MESSAGE = 'incomplete: it says nothing';
  END IF;
  IF after <> '{}' THEN
    DELETE FROM social.social_disagreements d
    WHERE d.entity_id = key AND after ? d.column_name
      AND d.member = type || ' ' || to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
    INSERT INTO social.time_series_metrics AS n (entity_id, entity_type, recorded_at, organization_id, metrics)
    VALUES (key, type, moment, organization, after)
    ON CONFLICT (entity_id, entity_type, recorded_at) DO UPDATE SET metrics = n.metrics || excluded.metrics;
  END IF;
  IF has_reel AND (TG_OP = 'INSERT' AND num_nonnulls(two ->> TG_ARGV[3], two ->> TG_ARGV[4], two ->> TG_ARGV[5]) > 0
    OR TG_OP = 'UPDATE' AND (one -> TG_ARGV[3], one -> TG_ARGV[4], one -> TG_ARGV[5])
      IS DISTINCT FROM (two -> TG_ARGV[3], two -> TG_ARGV[4], two -> TG_ARGV[5]))
  THEN
    IF TG_OP = 'INSERT' THEN
      INSERT INTO social.post_insights AS i (entity_id, organization_id, reel_shortcode, reel_music, reel_seconds)
      VALUES (key, organization, two ->> TG_ARGV[3], two ->> TG_ARGV[4], (two ->> TG_ARGV[5])::integer)
      ON CONFLICT (entity_id) DO UPDATE SET
        reel_shortcode = COALESCE(excluded.reel_shortcode, i.reel_shortcode),
        reel_music = COALESCE(excluded.reel_music, i.reel_music),
        reel_seconds = COALESCE(excluded.reel_seconds, i.reel_seconds);
    ELSIF num_nonnulls(two ->> TG_ARGV[3], two ->> TG_ARGV[4], two ->> TG_ARGV[5]) > 0 THEN
      INSERT INTO social.post_insights AS i (entity_id, organization_id, reel_shortcode, reel_music, reel_seconds)
      VALUES (key, organization, two ->> TG_ARGV[3], two ->> TG_ARGV[4], (two ->> TG_ARGV[5])::integer)
      ON CONFLICT (entity_id) DO UPDATE SET
        reel_shortcode = excluded.reel_shortcode, reel_music = excluded.reel_music,
          reel_seconds = excluded.reel_seconds;
    ELSE
      DELETE FROM social.post_insights i
      WHERE i.entity_id = key
        AND num_nonnulls(i.likes, i.comments, i.shares, i.views, i.counted_at, i.platform_data) = 0;
      UPDATE social.post_insights i SET reel_shortcode = NULL, reel_music = NULL, reel_seconds = NULL
      WHERE i.entity_id = key;
    END IF;
    DELETE FROM social.social_disagreements d WHERE d.entity_id = key AND d.member = 'reel';
  END IF;
  NEW.id := hash_record_extended(ROW(key, type, moment), 0) & 9223372036854775807;
  RETURN NEW;
END
$$;

CREATE TRIGGER social_compatibility INSTEAD OF INSERT OR UPDATE OR DELETE ON social.posts_compatibility_view
  FOR EACH ROW EXECUTE FUNCTION social.social_compatibility_post();

CREATE TRIGGER social_compatibility INSTEAD OF INSERT OR UPDATE OR DELETE ON social.post_analytics_compatibility_view
  FOR EACH ROW EXECUTE FUNCTION social.social_compatibility_metrics(
    'post_id', 'post', 'stat_day', '', '', '', 'impressions=impressions', 'reach=reach', 'likes=likes',
    'comments=comments', 'shares=shares', 'saves=saves', 'clicks=clicks', 'video_views=video_views');

CREATE TRIGGER social_compatibility INSTEAD OF INSERT OR UPDATE OR DELETE ON social.account_analytics_compatibility_view
  FOR EACH ROW EXECUTE FUNCTION social.social_compatibility_metrics(
    'account_id', 'account', 'day', '', '', '', 'followers=followers', 'following=following',
    'profile_views=profile_views', 'impressions=impressions', 'reach=reach', 'engagement_rate=engagement_rate');

CREATE TRIGGER social_compatibility INSTEAD OF INSERT OR UPDATE OR DELETE ON social.daily_stats_compatibility_view
  FOR EACH ROW EXECUTE FUNCTION social.social_compatibility_metrics(
    'entity_id', 'entity_type', 'stat_date', '', '', '', '*');

CREATE TRIGGER social_compatibility INSTEAD OF INSERT OR UPDATE OR DELETE ON social.instagramreelsscraper_compatibility_view
  FOR EACH ROW EXECUTE FUNCTION social.social_compatibility_metrics(
    'post_id', 'post', 'scraped_at', 'shortcode', 'music', 'duration_seconds', 'reel_plays=play_count',
    'reel_likes=like_count', 'reel_comments=comment_count');

CREATE TRIGGER social_compatibility INSTEAD OF INSERT OR UPDATE OR DELETE ON social.instagramreelsscraper_duplicate_compatibility_view
  FOR EACH ROW EXECUTE FUNCTION social.social_compatibility_metrics(
    'post_id', 'post', 'scraped_at', 'code', 'audio', 'duration', 'reel_plays=plays', 'reel_likes=likes',
    'reel_comments=comments');

-- Nobody but the views calls these.
REVOKE ALL ON FUNCTION
  social.social_compatibility_post(), social.social_compatibility_metrics(), social.social_compatibility_numbers(jsonb, text[])
  FROM PUBLIC;

-- Under row security nobody writes more through a view than in the new tables themselves: functions write for several
-- views, as the one who writes.
DO $$
BEGIN
  IF EXISTS (
    SELECT FROM pg_class c
    WHERE c.relrowsecurity AND c.oid IN (
      'social.posts'::regclass, 'social.post_analytics'::regclass, 'social.account_analytics'::regclass,
      'social.daily_stats'::regclass, 'social.instagramreelsscraper'::regclass,
      'social.instagramreelsscraper_duplicate'::regclass))
  THEN
    ALTER FUNCTION social.social_compatibility_post() SECURITY INVOKER;
    ALTER FUNCTION social.social_compatibility_metrics() SECURITY INVOKER;
    GRANT EXECUTE ON FUNCTION social.social_compatibility_numbers(jsonb, text[]) TO PUBLIC;
  END IF;
END
$$
