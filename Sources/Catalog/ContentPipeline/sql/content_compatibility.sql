-- name: content_compatibility
-- takes: nothing
-- why: for each old table a view of its shape over the new tables, beside the table that it will replace: old
--      code still reads and writes. Who can read and write the table can do so with the view. README.md says what a
--      write through a view does. May run again; what is remembered of earlier writes through the views is then
--      forgotten.

DROP VIEW IF EXISTS content.content_metadata_compatibility_view;
DROP VIEW IF EXISTS content.content_generation_metadata_comprehensive_compatibility_view;
DROP VIEW IF EXISTS content.posted_decisions_compatibility_view;
DROP VIEW IF EXISTS content.tweets_compatibility_view;
DROP VIEW IF EXISTS content.posts_compatibility_view;
DROP VIEW IF EXISTS content.outcomes_compatibility_view;
DROP VIEW IF EXISTS content.real_tweet_metrics_compatibility_view;
DROP VIEW IF EXISTS content.tweet_analytics_compatibility_view;
DROP VIEW IF EXISTS content.tweet_metrics_compatibility_view;

-- What sources said through the views: an object for each old table of what it said of a new row, its values as text;
-- `*` is what was there before, or was written over. So that sources are merged in the mapping's order, whichever
-- comes first.
DROP TABLE IF EXISTS content.content_compatibility_sources;
CREATE TABLE content.content_compatibility_sources (
  decision_id BIGINT NOT NULL,
  table_name TEXT NOT NULL,
  member TEXT NOT NULL,
  sources JSONB NOT NULL,
  PRIMARY KEY (decision_id, table_name, member)
);
COMMENT ON TABLE content.content_compatibility_sources IS
  'What old code said through the views in place of the old tables, by source; member as in content_disagreements';

CREATE VIEW content.content_metadata_compatibility_view AS
SELECT
  n.decision_id AS id,
  n.decision_id,
  n.content,
  n.status,
  n.scheduled_at,
  n.generator_name,
  n.topic,
  n.angle,
  n.tone,
  n.visual_format,
  COALESCE(n.scheduled_at, 'epoch') AS created_at,
  NULL::timestamptz AS updated_at
FROM content.content_queue n;

CREATE VIEW content.content_generation_metadata_comprehensive_compatibility_view AS
SELECT
  n.decision_id AS id,
  n.decision_id,
  n.content AS content_text,
  n.status AS generation_status,
  n.scheduled_at AS scheduled_for,
  n.generator_name AS generator_used,
  n.topic,
  n.angle,
  n.tone,
  n.visual_format,
  COALESCE(n.scheduled_at, 'epoch') AS created_at,
  NULL::timestamptz AS updated_at
FROM content.content_queue n;

CREATE VIEW content.posted_decisions_compatibility_view AS
SELECT
  n.decision_id AS id,
  n.decision_id,
  n.tweet_id,
  n.content,
  n.generator_name,
  n.topic,
  n.angle,
  n.posted_at,
  n.posted_at AS created_at
FROM content.posted_content n;

CREATE VIEW content.tweets_compatibility_view AS
SELECT
  n.decision_id AS id,
  n.decision_id,
  n.tweet_id,
  n.content AS text,
  n.generator_name AS generator,
  n.posted_at,
  n.posted_at AS created_at,
  NULL::timestamptz AS updated_at
FROM content.posted_content n;

CREATE VIEW content.posts_compatibility_view AS
SELECT
  n.decision_id AS id,
  n.decision_id,
  n.tweet_id AS post_id,
  n.content AS body,
  n.topic,
  n.angle,
  n.posted_at AS published_at,
  n.posted_at AS created_at
FROM content.posted_content n;

CREATE VIEW content.outcomes_compatibility_view AS
SELECT
  hash_record_extended(ROW(n.decision_id, n.collected_at), 0) & 9223372036854775807 AS id,
  n.decision_id,
  n.tweet_id,
  n.likes,
  n.retweets,
  n.views,
  n.engagement_rate::numeric AS engagement_rate,
  n.collected_pass,
  n.collected_at,
  n.collected_at AS created_at
FROM content.engagement_metrics n;

CREATE VIEW content.real_tweet_metrics_compatibility_view AS
SELECT
  hash_record_extended(ROW(n.decision_id, n.collected_at), 0) & 9223372036854775807 AS id,
  n.decision_id,
  n.tweet_id,
  n.likes AS likes_count,
  n.retweets AS retweets_count,
  n.views AS impressions,
  n.engagement_rate::numeric AS engagement_rate,
  n.collected_pass AS collection_phase,
  n.collected_at,
  n.collected_at AS created_at,
  NULL::timestamptz AS updated_at
FROM content.engagement_metrics n;

CREATE VIEW content.tweet_analytics_compatibility_view AS
SELECT
  hash_record_extended(ROW(n.decision_id, n.collected_at), 0) & 9223372036854775807 AS id,
  n.decision_id,
  n.tweet_id,
  n.likes,
  n.retweets,
  n.views AS impressions,
  n.engagement_rate::numeric AS engagement_rate,
  n.collected_at AS captured_at,
  n.collected_at AS created_at
FROM content.engagement_metrics n;

CREATE VIEW content.tweet_metrics_compatibility_view AS
SELECT
  hash_record_extended(ROW(n.decision_id, n.collected_at), 0) & 9223372036854775807 AS id,
  n.decision_id,
  n.tweet_id,
  n.likes AS likes_count,
  n.retweets AS retweets_count,
  n.views AS views_count,
  n.collected_pass AS collection_phase,
  n.collected_at AS captured_at,
  n.collected_at AS created_at,
  NULL::timestamptz AS updated_at
FROM content.engagement_metrics n;

-- Which source wins, by column: the mapping's order.
CREATE OR REPLACE FUNCTION content.content_compatibility_order()
RETURNS TABLE (table_name TEXT, column_name TEXT, sources TEXT[])
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT v.table_name, v.column_name, v.sources::text[]
  FROM (VALUES
      ('content_queue', 'content', '{*,content_metadata,content_generation_metadata_comprehensive}'),
      ('content_queue', 'status', '{*,content_metadata,content_generation_metadata_comprehensive}'),
      ('content_queue', 'scheduled_at', '{*,content_metadata,content_generation_metadata_comprehensive}'),
      ('content_queue', 'generator_name', '{*,content_generation_metadata_comprehensive,content_metadata}'),
      ('content_queue', 'topic', '{*,content_generation_metadata_comprehensive,content_metadata}'),
      ('content_queue', 'angle', '{*,content_generation_metadata_comprehensive,content_metadata}'),
      ('content_queue', 'tone', '{*,content_generation_metadata_comprehensive,content_metadata}'),
      ('content_queue', 'visual_format', '{*,content_generation_metadata_comprehensive,content_metadata}'),
      ('posted_content', 'tweet_id', '{*,posted_decisions,tweets,posts}'),
      ('posted_content', 'content', '{*,posted_decisions,tweets,posts}'),
      ('posted_content', 'posted_at', '{*,tweets,posted_decisions,posts}'),
      ('posted_content', 'generator_name', '{*,posted_decisions,tweets}'),
      ('posted_content', 'topic', '{*,posted_decisions,posts}'),
      ('posted_content', 'angle', '{*,posted_decisions,posts}'),
      ('engagement_metrics', 'tweet_id', '{*,outcomes,real_tweet_metrics,tweet_analytics,tweet_metrics}'),
      ('engagement_metrics', 'likes', '{*,outcomes,real_tweet_metrics,tweet_analytics,tweet_metrics}'),
      ('engagement_metrics', 'retweets', '{*,outcomes,real_tweet_metrics,tweet_analytics,tweet_metrics}'),
      ('engagement_metrics', 'views', '{*,real_tweet_metrics,tweet_analytics,outcomes,tweet_metrics}'),
      ('engagement_metrics', 'collected_pass', '{*,outcomes,real_tweet_metrics,tweet_metrics}'),
      ('engagement_metrics', 'engagement_rate', '{*,outcomes,real_tweet_metrics,tweet_analytics}'))
    v (table_name, column_name, sources)
$$;

-- A row of an old table's shape as an object of the new columns, NULLs too. What the mapping skips is refused here.
CREATE OR REPLACE FUNCTION content.content_compatibility_said(old_row JSONB, columns TEXT[]) RETURNS JSONB
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  pair TEXT;
  name TEXT;
  value TEXT;
  said JSONB := '{}';
BEGIN
  FOREACH pair IN ARRAY columns LOOP
    name := split_part(pair, '=', 1);
    value := old_row ->> split_part(pair, '=', 2);
    CASE
      WHEN name = 'status' THEN
        value := lower(btrim(value, E' \t\r\n') COLLATE "C");
        IF value NOT IN ('draft', 'queued', 'scheduled', 'posting', 'posted', 'failed', 'cancelled') THEN
          RAISE check_violation USING MESSAGE = format('bad_status: %s', value);
        END IF;
      WHEN name = 'collected_pass' THEN
        value := replace(lower(btrim(value, E' \t\r\n') COLLATE "C"), 't+', 'T+');
        IF value NOT IN ('T+1h', 'T+24h', 'T+7d') THEN
          RAISE check_violation USING MESSAGE = format('bad_pass: %s', value);
        END IF;
      WHEN name IN ('likes', 'retweets', 'views') THEN
        IF value::bigint < 0 THEN
          RAISE check_violation USING MESSAGE = format('bad_count: %s', value);
        END IF;
      WHEN name = 'engagement_rate' THEN
        IF NOT ROUND(value::numeric, 4) BETWEEN -999.9999 AND 999.9999 THEN
          RAISE check_violation USING MESSAGE = format('overflow: %s', value);
        END IF;
        value := ROUND(value::numeric, 4)::text;
      WHEN name IN ('scheduled_at', 'posted_at', 'collected_at') THEN
        IF value::timestamptz < '0001-01-01 00:00:00+00' OR value::timestamptz >= '10000-01-01 00:00:00+00' THEN
          RAISE check_violation USING MESSAGE = format('overflow: %s', value);
        END IF;
        value := to_char(value::timestamptz AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
      ELSE NULL;
    END CASE;
    said := said || jsonb_build_object(name, value);
  END LOOP;
  RETURN said;
END
$$;

-- A row of a new table as such an object, without NULLs; NULL where there is none.
CREATE OR REPLACE FUNCTION content.content_compatibility_row(new_table TEXT, for_key BIGINT, moment TIMESTAMPTZ)
RETURNS JSONB
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  CASE new_table
    WHEN 'content_queue' THEN
      RETURN (
        SELECT jsonb_strip_nulls(jsonb_build_object(
          'content', n.content, 'status', n.status,
          'scheduled_at', to_char(n.scheduled_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
          'generator_name', n.generator_name, 'topic', n.topic, 'angle', n.angle, 'tone', n.tone,
          'visual_format', n.visual_format))
        FROM content.content_queue n
        WHERE n.decision_id = for_key);
    WHEN 'posted_content' THEN
      RETURN (
        SELECT jsonb_strip_nulls(jsonb_build_object(
          'tweet_id', n.tweet_id, 'content', n.content,
          'posted_at', to_char(n.posted_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
          'generator_name', n.generator_name, 'topic', n.topic, 'angle', n.angle))
        FROM content.posted_content n
        WHERE n.decision_id = for_key);
    ELSE
      RETURN (
        SELECT jsonb_strip_nulls(jsonb_build_object(
          'tweet_id', n.tweet_id, 'likes', n.likes::text, 'retweets', n.retweets::text, 'views', n.views::text,
          'collected_pass', n.collected_pass, 'engagement_rate', n.engagement_rate::text))
        FROM content.engagement_metrics n
        WHERE n.decision_id = for_key AND n.collected_at = moment);
  END CASE;
END
$$;

-- The rate that counts give, as the mapping has it.
CREATE OR REPLACE FUNCTION content.content_compatibility_rate(counts JSONB) RETURNS TEXT
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT ROUND(c.rate, 4)::text
  FROM (
    SELECT
      ((counts ->> 'likes')::numeric + (counts ->> 'retweets')::numeric) / NULLIF((counts ->> 'views')::numeric, 0)) c
    (rate)
  WHERE ROUND(c.rate, 4) < 1000
$$;

-- What the sources come to: the first in each column's order, and what the mapping derives where none says anything.
CREATE OR REPLACE FUNCTION content.content_compatibility_merge(
  new_table TEXT, for_key BIGINT, moment TIMESTAMPTZ, by_source JSONB, OUT merged JSONB, OUT result JSONB)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  parent JSONB;
  age INTERVAL;
BEGIN
  SELECT COALESCE(jsonb_object_agg(o.column_name, w.value), '{}')
  INTO merged
  FROM content.content_compatibility_order() o
  CROSS JOIN LATERAL (
    SELECT by_source -> s.name -> o.column_name AS value
    FROM unnest(o.sources) WITH ORDINALITY s (name, place)
    WHERE by_source -> s.name ->> o.column_name IS NOT NULL
    ORDER BY s.place
    LIMIT 1) w
  WHERE o.table_name = new_table;
  result := merged;
  IF new_table = 'posted_content' THEN
    parent := content.content_compatibility_row('content_queue', for_key, NULL);
    result := jsonb_strip_nulls(result || jsonb_build_object(
      'generator_name', NULLIF(COALESCE(merged ->> 'generator_name', parent ->> 'generator_name'), ''),
      'topic', NULLIF(COALESCE(merged ->> 'topic', parent ->> 'topic'), ''),
      'angle', NULLIF(COALESCE(merged ->> 'angle', parent ->> 'angle'), '')));
  ELSIF new_table = 'engagement_metrics' THEN
    parent := content.content_compatibility_row('posted_content', for_key, NULL);
    age := moment - (parent ->> 'posted_at')::timestamptz;
    result := jsonb_strip_nulls(result || jsonb_build_object(
      'tweet_id', COALESCE(merged ->> 'tweet_id', parent ->> 'tweet_id'),
      'collected_pass', COALESCE(merged ->> 'collected_pass', CASE
        WHEN age >= INTERVAL '7 days' THEN 'T+7d' WHEN age >= INTERVAL '24 hours' THEN 'T+24h'
        WHEN age IS NOT NULL THEN 'T+1h' END),
      'engagement_rate', COALESCE(merged ->> 'engagement_rate', content.content_compatibility_rate(merged))));
  END IF;
END
$$;

-- Brings a new row to what its sources say, when one of them says something: `said` is the whole of an inserted row, or
-- the changes of an updated one, which win over everything. Gives false where there is no row to update.
CREATE OR REPLACE FUNCTION content.content_compatibility_put(
  new_table TEXT, for_key BIGINT, moment TIMESTAMPTZ, source TEXT, said JSONB, is_update BOOLEAN) RETURNS BOOLEAN
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  place TEXT := COALESCE(to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '');
  part TEXT[] := CASE new_table
    WHEN 'content_queue' THEN '{content_metadata,content_generation_metadata_comprehensive}'::text[]
    WHEN 'posted_content' THEN '{posted_decisions,tweets,posts}'
    ELSE '{outcomes,real_tweet_metrics,tweet_analytics,tweet_metrics}' END;
  -- where nothing does not mean nothing, an empty text does
  with_fallback TEXT[] := CASE new_table
    WHEN 'posted_content' THEN '{generator_name,topic,angle}'::text[] ELSE '{}' END;
  present JSONB := content.content_compatibility_row(new_table, for_key, moment);
  by_source JSONB;
  outcome RECORD;
  name TEXT;
BEGIN
  IF present IS NULL AND is_update THEN
    RETURN false;
  END IF;
  IF present IS NOT NULL THEN
    SELECT k.sources
    INTO by_source
    FROM content.content_compatibility_sources k
    WHERE k.decision_id = for_key AND k.table_name = new_table AND k.member = place;
    IF by_source IS NULL THEN
      -- what was copied: the row, and what is known of those that lost
      SELECT COALESCE(jsonb_object_agg(d.table_name, d.lost), '{}')
      INTO by_source
      FROM (
        SELECT g.table_name, jsonb_object_agg(g.column_name, g.other) AS lost
        FROM content.content_disagreements g
        WHERE g.decision_id = for_key AND g.member = place AND g.table_name = ANY(part)
        GROUP BY g.table_name) d;
      by_source := by_source || jsonb_build_object('*', CASE
        WHEN present ->> 'engagement_rate' = content.content_compatibility_rate(present) THEN present - 'engagement_rate'
        ELSE present END);
    END IF;
    -- what was written to the new table itself since then
    outcome := content.content_compatibility_merge(new_table, for_key, moment, by_source);
    FOR name IN
      SELECT o.column_name
      FROM content.content_compatibility_order() o
      WHERE o.table_name = new_table
        AND outcome.result ->> o.column_name IS DISTINCT FROM present ->> o.column_name
    LOOP
      by_source := content.content_compatibility_set(
        by_source, name, COALESCE(present ->> name, CASE WHEN name = ANY(with_fallback) THEN '' END));
    END LOOP;
  END IF;
  by_source := COALESCE(by_source, '{}');
  IF is_update THEN
    FOR name IN SELECT k.name FROM jsonb_object_keys(said) k (name) LOOP
      by_source := content.content_compatibility_set(
        by_source, name, COALESCE(said ->> name, CASE WHEN name = ANY(with_fallback) THEN '' END));
    END LOOP;
  ELSE
    by_source := by_source || jsonb_build_object(source, jsonb_strip_nulls(said));
  END IF;
  outcome := content.content_compatibility_merge(new_table, for_key, moment, by_source);

  IF present IS NULL OR present <> outcome.result THEN
    CASE new_table
      WHEN 'content_queue' THEN
        INSERT INTO content.content_queue AS n (
          decision_id, content, status, scheduled_at, generator_name, topic, angle, tone, visual_format)
        VALUES (
          for_key, outcome.result ->> 'content', outcome.result ->> 'status',
          (outcome.result ->> 'scheduled_at')::timestamptz, outcome.result ->> 'generator_name',
          outcome.result ->> 'topic', outcome.result ->> 'angle', outcome.result ->> 'tone',
          outcome.result ->> 'visual_format')
        ON CONFLICT (decision_id) DO UPDATE SET
          content = excluded.content, status = excluded.status, scheduled_at = excluded.scheduled_at,
          generator_name = excluded.generator_name, topic = excluded.topic, angle = excluded.angle,
          tone = excluded.tone, visual_format = excluded.visual_format;
      WHEN 'posted_content' THEN
        INSERT INTO content.posted_content AS n (
          decision_id, tweet_id, content, posted_at, generator_name, topic, angle)
        VALUES (
          for_key, outcome.result ->> 'tweet_id', outcome.result ->> 'content',
          (outcome.result ->> 'posted_at')::timestamptz, outcome.result ->> 'generator_name',
          outcome.result ->> 'topic', outcome.result ->> 'angle')
        ON CONFLICT (decision_id) DO UPDATE SET
          tweet_id = excluded.tweet_id, content = excluded.content, posted_at = excluded.posted_at,
          generator_name = excluded.generator_name, topic = excluded.topic, angle = excluded.angle;
      ELSE
        INSERT INTO content.engagement_metrics AS n (
          decision_id, tweet_id, likes, retweets, views, collected_at, collected_pass, engagement_rate)
        VALUES (
          for_key, outcome.result ->> 'tweet_id', (outcome.result ->> 'likes')::bigint,
          (outcome.result ->> 'retweets')::bigint, (outcome.result ->> 'views')::bigint, moment,
          outcome.result ->> 'collected_pass', (outcome.result ->> 'engagement_rate')::numeric)
        ON CONFLICT (decision_id, collected_at) DO UPDATE SET
          tweet_id = excluded.tweet_id, likes = excluded.likes, retweets = excluded.retweets, views = excluded.views,
          collected_pass = excluded.collected_pass, engagement_rate = excluded.engagement_rate;
    END CASE;
  END IF;

  WITH lost AS MATERIALIZED (
    SELECT s.key AS table_name, v.key AS column_name, outcome.merged ->> v.key AS kept, v.value AS other
    FROM jsonb_each(by_source) s
    CROSS JOIN LATERAL jsonb_each_text(s.value) v
    WHERE s.key <> '*' AND v.value <> outcome.merged ->> v.key
  ),
  gone AS (
    DELETE FROM content.content_disagreements d
    WHERE d.decision_id = for_key AND d.member = place AND d.table_name = ANY(part)
      AND NOT EXISTS (SELECT FROM lost l WHERE l.table_name = d.table_name AND l.column_name = d.column_name)
  )
  INSERT INTO content.content_disagreements AS d (decision_id, member, table_name, column_name, kept, other)
  SELECT for_key, place, l.table_name, l.column_name, l.kept, l.other
  FROM lost l
  ON CONFLICT (decision_id, table_name, member, column_name) DO UPDATE SET kept = excluded.kept, other = excluded.other
  WHERE (d.kept, d.other) <> (excluded.kept, excluded.other);

  INSERT INTO content.content_compatibility_sources AS k (decision_id, table_name, member, sources)
  VALUES (for_key, new_table, place, by_source)
  ON CONFLICT (decision_id, table_name, member) DO UPDATE SET sources = excluded.sources;
  RETURN true;
END
$$;

-- A value that wins over all sources; NULL: none of them has one any more.
CREATE OR REPLACE FUNCTION content.content_compatibility_set(by_source JSONB, name TEXT, value TEXT) RETURNS JSONB
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE
    WHEN value IS NOT NULL THEN
      by_source || jsonb_build_object('*', COALESCE(by_source -> '*', '{}') || jsonb_build_object(name, value))
    ELSE (SELECT COALESCE(jsonb_object_agg(s.key, s.value - name), '{}') FROM jsonb_each(by_source) s)
  END
$$;

-- A write through a view. The arguments: the new table, the old table, and pairs of a new and an old column. Names no
-- view: they will be called as the tables are.
CREATE OR REPLACE FUNCTION content.content_compatibility() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  new_table TEXT := TG_ARGV[0];
  columns TEXT[] := TG_ARGV[2:];
  is_metric BOOLEAN := TG_ARGV[0] = 'engagement_metrics';
  said JSONB;
  said_before JSONB;
  moment TIMESTAMPTZ;
  moment_before TIMESTAMPTZ;
  place_before TEXT := '';
  below TEXT[];
BEGIN
  IF TG_OP <> 'INSERT' THEN
    PERFORM pg_advisory_xact_lock(hashtextextended('content.content_compatibility', OLD.decision_id));
    said_before := content.content_compatibility_said(to_jsonb(OLD), columns);
    moment_before := (said_before ->> 'collected_at')::timestamptz;
    place_before := COALESCE(said_before ->> 'collected_at', '');
  END IF;
  IF TG_OP <> 'DELETE' THEN
    PERFORM pg_advisory_xact_lock(hashtextextended('content.content_compatibility', NEW.decision_id));
    said := content.content_compatibility_said(to_jsonb(NEW), columns);
    moment := (said ->> 'collected_at')::timestamptz;
    IF NEW.decision_id IS NULL THEN
      RAISE not_null_violation USING MESSAGE = 'null value in column "decision_id"';
    ELSIF is_metric AND moment IS NULL THEN
      RAISE not_null_violation USING MESSAGE = 'null value in column "collected_at"';
    END IF;
    NEW.id := CASE WHEN is_metric
      THEN hash_record_extended(ROW(NEW.decision_id, moment), 0) & 9223372036854775807 ELSE NEW.decision_id END;
  END IF;

  CASE TG_OP
    WHEN 'INSERT' THEN
      PERFORM content.content_compatibility_put(
        new_table, NEW.decision_id, moment, TG_ARGV[1], said - 'collected_at', false);
      RETURN NEW;
    WHEN 'UPDATE' THEN
      IF (OLD.decision_id, moment_before) IS DISTINCT FROM (NEW.decision_id, moment) THEN
        DELETE FROM content.content_compatibility_sources k
        WHERE k.decision_id = OLD.decision_id AND k.table_name = new_table AND k.member = place_before;
        CASE new_table
          WHEN 'content_queue' THEN
            UPDATE content.content_queue n SET decision_id = NEW.decision_id WHERE n.decision_id = OLD.decision_id;
          WHEN 'posted_content' THEN
            UPDATE content.posted_content n SET decision_id = NEW.decision_id WHERE n.decision_id = OLD.decision_id;
            UPDATE content.content_disagreements d SET decision_id = NEW.decision_id
            WHERE d.decision_id = OLD.decision_id AND d.table_name IN ('posted_decisions', 'tweets', 'posts');
          ELSE
            UPDATE content.engagement_metrics n SET decision_id = NEW.decision_id, collected_at = moment
            WHERE n.decision_id = OLD.decision_id AND n.collected_at = moment_before;
            UPDATE content.content_disagreements d
            SET decision_id = NEW.decision_id, member = said ->> 'collected_at'
            WHERE d.decision_id = OLD.decision_id AND d.member = place_before;
        END CASE;
      END IF;
      SELECT COALESCE(jsonb_object_agg(n.key, n.value), '{}')
      INTO said
      FROM jsonb_each(said - 'collected_at') n
      WHERE n.value IS DISTINCT FROM said_before -> n.key;
      IF content.content_compatibility_put(new_table, NEW.decision_id, moment, TG_ARGV[1], said, true) THEN
        RETURN NEW;
      END IF;
      RETURN NULL;
    ELSE
      below := CASE new_table
        WHEN 'content_queue' THEN '{content_queue,posted_content,engagement_metrics}'::text[]
        WHEN 'posted_content' THEN '{posted_content,engagement_metrics}'
        ELSE '{engagement_metrics}' END;
      CASE new_table
        WHEN 'content_queue' THEN
          DELETE FROM content.content_queue n WHERE n.decision_id = OLD.decision_id;
        WHEN 'posted_content' THEN
          DELETE FROM content.posted_content n WHERE n.decision_id = OLD.decision_id;
        ELSE
          DELETE FROM content.engagement_metrics n
          WHERE n.decision_id = OLD.decision_id AND n.collected_at = moment_before;
      END CASE;
      IF NOT FOUND THEN
        RETURN NULL;
      END IF;
      DELETE FROM content.content_compatibility_sources k
      WHERE k.decision_id = OLD.decision_id AND k.table_name = ANY(below)
        AND (NOT is_metric OR k.member = place_before);
      DELETE FROM content.content_disagreements d
      WHERE d.decision_id = OLD.decision_id
        AND d.table_name NOT IN ('content_metadata', 'content_generation_metadata_comprehensive')
        AND (NOT is_metric OR d.member = place_before);
      RETURN OLD;
  END CASE;
END
$$;

CREATE TRIGGER content_compatibility INSTEAD OF INSERT OR UPDATE OR DELETE
  ON content.content_metadata_compatibility_view
  FOR EACH ROW EXECUTE FUNCTION content.content_compatibility(
    'content_queue', 'content_metadata', 'content=content', 'status=status', 'scheduled_at=scheduled_at',
    'generator_name=generator_name', 'topic=topic', 'angle=angle', 'tone=tone', 'visual_format=visual_format');

CREATE TRIGGER content_compatibility INSTEAD OF INSERT OR UPDATE OR DELETE
  ON content.content_generation_metadata_comprehensive_compatibility_view
  FOR EACH ROW EXECUTE FUNCTION content.content_compatibility(
    'content_queue', 'content_generation_metadata_comprehensive', 'content=content_text', 'status=generation_status',
    'scheduled_at=scheduled_for', 'generator_name=generator_used', 'topic=topic', 'angle=angle', 'tone=tone',
    'visual_format=visual_format');

CREATE TRIGGER content_compatibility INSTEAD OF INSERT OR UPDATE OR DELETE
  ON content.posted_decisions_compatibility_view
  FOR EACH ROW EXECUTE FUNCTION content.content_compatibility(
    'posted_content', 'posted_decisions', 'tweet_id=tweet_id', 'content=content', 'generator_name=generator_name',
    'topic=topic', 'angle=angle', 'posted_at=posted_at');

CREATE TRIGGER content_compatibility INSTEAD OF INSERT OR UPDATE OR DELETE
  ON content.tweets_compatibility_view
  FOR EACH ROW EXECUTE FUNCTION content.content_compatibility(
    'posted_content', 'tweets', 'tweet_id=tweet_id', 'content=text', 'generator_name=generator', 'posted_at=posted_at');

CREATE TRIGGER content_compatibility INSTEAD OF INSERT OR UPDATE OR DELETE
  ON content.posts_compatibility_view
  FOR EACH ROW EXECUTE FUNCTION content.content_compatibility(
    'posted_content', 'posts', 'tweet_id=post_id', 'content=body', 'topic=topic', 'angle=angle',
    'posted_at=published_at');

CREATE TRIGGER content_compatibility INSTEAD OF INSERT OR UPDATE OR DELETE
  ON content.outcomes_compatibility_view
  FOR EACH ROW EXECUTE FUNCTION content.content_compatibility(
    'engagement_metrics', 'outcomes', 'tweet_id=tweet_id', 'likes=likes', 'retweets=retweets', 'views=views',
    'engagement_rate=engagement_rate', 'collected_pass=collected_pass', 'collected_at=collected_at');

CREATE TRIGGER content_compatibility INSTEAD OF INSERT OR UPDATE OR DELETE
  ON content.real_tweet_metrics_compatibility_view
  FOR EACH ROW EXECUTE FUNCTION content.content_compatibility(
    'engagement_metrics', 'real_tweet_metrics', 'tweet_id=tweet_id', 'likes=likes_count', 'retweets=retweets_count',
    'views=impressions', 'engagement_rate=engagement_rate', 'collected_pass=collection_phase',
    'collected_at=collected_at');

CREATE TRIGGER content_compatibility INSTEAD OF INSERT OR UPDATE OR DELETE
  ON content.tweet_analytics_compatibility_view
  FOR EACH ROW EXECUTE FUNCTION content.content_compatibility(
    'engagement_metrics', 'tweet_analytics', 'tweet_id=tweet_id', 'likes=likes', 'retweets=retweets',
    'views=impressions', 'engagement_rate=engagement_rate', 'collected_at=captured_at');

CREATE TRIGGER content_compatibility INSTEAD OF INSERT OR UPDATE OR DELETE
  ON content.tweet_metrics_compatibility_view
  FOR EACH ROW EXECUTE FUNCTION content.content_compatibility(
    'engagement_metrics', 'tweet_metrics', 'tweet_id=tweet_id', 'likes=likes_count', 'retweets=retweets_count',
    'views=views_count', 'collected_pass=collection_phase', 'collected_at=captured_at');

-- Nobody but the views calls these.
REVOKE ALL ON FUNCTION
  content.content_compatibility_order(), content.content_compatibility_said(jsonb, text[]),
  content.content_compatibility_row(text, bigint, timestamptz), content.content_compatibility_rate(jsonb),
  content.content_compatibility_merge(text, bigint, timestamptz, jsonb), content.content_compatibility_set(jsonb, text, text),
  content.content_compatibility_put(text, bigint, timestamptz, text, jsonb, boolean), content.content_compatibility()
  FROM PUBLIC;

-- Under row security nobody writes more through a view than in the new tables themselves: one function writes for all
-- views, as the one who writes.
DO $$
BEGIN
  IF EXISTS (
    SELECT FROM pg_class c
    WHERE c.relrowsecurity AND c.oid IN (
      'content.content_metadata'::regclass, 'content.content_generation_metadata_comprehensive'::regclass,
      'content.posted_decisions'::regclass, 'content.tweets'::regclass, 'content.posts'::regclass,
      'content.outcomes'::regclass, 'content.real_tweet_metrics'::regclass, 'content.tweet_analytics'::regclass,
      'content.tweet_metrics'::regclass))
  THEN
    ALTER FUNCTION content.content_compatibility() SECURITY INVOKER;
    GRANT EXECUTE ON FUNCTION
      content.content_compatibility_order(), content.content_compatibility_said(jsonb, text[]),
      content.content_compatibility_row(text, bigint, timestamptz), content.content_compatibility_rate(jsonb),
      content.content_compatibility_merge(text, bigint, timestamptz, jsonb),
      content.content_compatibility_set(jsonb, text, text),
      content.content_compatibility_put(text, bigint, timestamptz, text, jsonb, boolean)
      TO PUBLIC;
  END IF;
END
$$
