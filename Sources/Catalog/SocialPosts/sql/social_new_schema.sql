-- name: social_new_schema
-- takes: nothing
-- why: the schema of seed 003. Plain CREATE: the engine runs it once, in one transaction, and a table that is already
--      there must stop it. It reads the old tables' first and last days, and the usual length of their vectors. The
--      constraints allow no row that the mapping of old rows cannot give, but for further embeddings of an entity
--      (README.md), so that a way back exists for every row. Where pgvector is missing, it does without:
--      `social_status` tells.

CREATE TABLE social.organizations (
  id UUID PRIMARY KEY,
  name TEXT NOT NULL,
  slug TEXT NOT NULL UNIQUE,
  created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE social.organization_members (
  organization_id UUID NOT NULL REFERENCES social.organizations (id) ON DELETE CASCADE,
  user_id BIGINT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'editor', 'viewer')),
  joined_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (organization_id, user_id)
);

-- By which role PostgreSQL knows a tenant.
CREATE TABLE social.organization_roles (
  role_name NAME PRIMARY KEY,
  organization_id UUID NOT NULL UNIQUE REFERENCES social.organizations (id) ON DELETE CASCADE
);

CREATE TABLE social.posts_core (
  entity_id BIGINT PRIMARY KEY,
  organization_id UUID NOT NULL REFERENCES social.organizations (id) ON DELETE CASCADE,
  user_id BIGINT,
  account_id BIGINT,
  platform TEXT NOT NULL CHECK (platform IN ('instagram', 'tiktok', 'x', 'facebook', 'linkedin', 'youtube')),
  platform_post_id TEXT,
  status TEXT NOT NULL CHECK (status IN ('draft', 'scheduled', 'published', 'failed', 'archived')),
  scheduled_at TIMESTAMPTZ
    CHECK (scheduled_at >= '0001-01-01 00:00:00+00' AND scheduled_at < '10000-01-01 00:00:00+00'),
  published_at TIMESTAMPTZ
    CHECK (published_at >= '0001-01-01 00:00:00+00' AND published_at < '10000-01-01 00:00:00+00'),
  created_at TIMESTAMPTZ NOT NULL
    CHECK (created_at >= '0001-01-01 00:00:00+00' AND created_at < '10000-01-01 00:00:00+00'),
  -- a column, since under row security no index is searched by COALESCE: PostgreSQL takes it for leaky
  happens_at TIMESTAMPTZ NOT NULL GENERATED ALWAYS AS (COALESCE(published_at, scheduled_at, created_at)) STORED
);

-- The services `posts` and `post-insights`: days of one organization, the newest first.
CREATE INDEX idx_posts_core_organization_time ON social.posts_core (organization_id, happens_at DESC, entity_id);

-- Words in lower case, each once, without what stands between words in old rows.
CREATE FUNCTION social.are_hashtags(hashtags TEXT[]) RETURNS BOOLEAN
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  SELECT (array_ndims(hashtags) IS NULL OR array_dims(hashtags) ~ '^\[1:\d+\]$')
    AND COALESCE(bool_and(COALESCE(
      h.tag <> '' AND h.tag !~ E'[][ \t\r\n#,;"''{}]' AND h.tag = lower(h.tag COLLATE "C"), false)), true)
    AND count(*) = count(DISTINCT h.tag COLLATE "C")
  FROM unnest(hashtags) h (tag)
$$;

CREATE TABLE social.posts_content (
  entity_id BIGINT PRIMARY KEY REFERENCES social.posts_core (entity_id) ON DELETE CASCADE,
  organization_id UUID NOT NULL,
  text TEXT,
  caption TEXT,
  hashtags TEXT[] NOT NULL CHECK (social.are_hashtags(hashtags))
);

CREATE TABLE social.media_files (
  id UUID PRIMARY KEY,
  organization_id UUID NOT NULL REFERENCES social.organizations (id) ON DELETE CASCADE,
  url TEXT NOT NULL CHECK (url <> ''),
  kind TEXT NOT NULL CHECK (kind = CASE
    WHEN lower(url COLLATE "C") ~ '\.(mp4|mov|webm|m4v)([?#]|$)' THEN 'video'
    WHEN lower(url COLLATE "C") ~ '\.(jpg|jpeg|png|gif|webp|avif|heic)([?#]|$)' THEN 'image'
    ELSE 'other' END),
  CHECK (id = left(encode(sha256(convert_to(organization_id || ' ' || url, 'UTF8')), 'hex'), 32)::uuid)
);

CREATE TABLE social.post_media_links (
  entity_id BIGINT NOT NULL REFERENCES social.posts_core (entity_id) ON DELETE CASCADE,
  position INTEGER NOT NULL CHECK (position >= 0),
  organization_id UUID NOT NULL,
  media_id UUID NOT NULL REFERENCES social.media_files (id),
  details JSONB NOT NULL CHECK (jsonb_typeof(details) = 'object' AND NOT details ? 'url'),
  PRIMARY KEY (entity_id, position)
);
CREATE INDEX idx_post_media_links_media ON social.post_media_links (media_id);

CREATE TABLE social.post_insights (
  entity_id BIGINT PRIMARY KEY REFERENCES social.posts_core (entity_id) ON DELETE CASCADE,
  organization_id UUID NOT NULL,
  likes BIGINT CHECK (likes >= 0),
  comments BIGINT CHECK (comments >= 0),
  shares BIGINT CHECK (shares >= 0),
  views BIGINT CHECK (views >= 0),
  counted_at TIMESTAMPTZ
    CHECK (counted_at >= '0001-01-01 00:00:00+00' AND counted_at < '10000-01-01 00:00:00+00'),
  reel_shortcode TEXT,
  reel_music TEXT,
  reel_seconds INTEGER CHECK (reel_seconds >= 0),
  platform_data JSONB,
  CHECK (COALESCE(likes, comments, shares, views, reel_seconds) IS NOT NULL OR counted_at IS NOT NULL
    OR COALESCE(reel_shortcode, reel_music) IS NOT NULL OR platform_data IS NOT NULL)
);

-- Whether the numbers of one moment are such as old rows can say them.
CREATE FUNCTION social.are_metrics(metrics JSONB, entity_type TEXT, recorded_at TIMESTAMPTZ) RETURNS BOOLEAN
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  SELECT COALESCE(bool_and(
    e.key COLLATE "C" ~ '^[a-z][a-z0-9_]{0,62}$' AND jsonb_typeof(e.value) = 'number'
    AND (
      recorded_at AT TIME ZONE 'UTC' = date_trunc('day', recorded_at AT TIME ZONE 'UTC')
      OR entity_type = 'post' AND e.key IN ('reel_plays', 'reel_likes', 'reel_comments'))
    AND CASE WHEN jsonb_typeof(e.value) = 'number' THEN
      e.value::text = trim_scale((e.value #>> '{}')::numeric)::text
      AND CASE WHEN e.key LIKE '%\_rate'
        THEN scale((e.value #>> '{}')::numeric) <= 6 AND abs((e.value #>> '{}')::numeric) < 1000000
        ELSE scale((e.value #>> '{}')::numeric) = 0
          AND (e.value #>> '{}')::numeric BETWEEN 0 AND 9223372036854775807 END END), false)
  FROM jsonb_each(metrics) e
$$;

CREATE TABLE social.time_series_metrics (
  entity_id BIGINT NOT NULL,
  recorded_at TIMESTAMPTZ NOT NULL
    CHECK (recorded_at >= '0001-01-01 00:00:00+00' AND recorded_at < '10000-01-01 00:00:00+00'),
  organization_id UUID NOT NULL REFERENCES social.organizations (id) ON DELETE CASCADE,
  entity_type TEXT NOT NULL CHECK (entity_type IN ('post', 'account')),
  metrics JSONB NOT NULL CHECK (social.are_metrics(metrics, entity_type, recorded_at)),
  PRIMARY KEY (entity_id, entity_type, recorded_at)
) PARTITION BY RANGE (recorded_at);

CREATE TABLE social.time_series_metrics_default PARTITION OF social.time_series_metrics DEFAULT;

-- The months that have been taken out: each is a table of its own, which nothing reads but those who ask it.
CREATE TABLE social.metric_archives (
  month DATE PRIMARY KEY,
  table_name NAME NOT NULL,
  archived_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE FUNCTION social.is_vector(embedding REAL[]) RETURNS BOOLEAN
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  SELECT array_dims(embedding) ~ '^\[1:\d+\]$' AND cardinality(embedding) <= 4000
    AND bool_and(COALESCE(e.value = 0 OR abs(e.value) BETWEEN 0.9e-15 AND 10001, false)) AND bool_or(e.value <> 0)
  FROM unnest(embedding) e (value)
$$;

CREATE FUNCTION social.vector_norm(embedding REAL[]) RETURNS DOUBLE PRECISION
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  SELECT sqrt(sum(e.value::float8 * e.value::float8)) FROM unnest(embedding) e (value)
$$;

-- Each number of a vector as one of 32 levels, in five bits. Nothing where it is no vector, which a CHECK refuses.
CREATE FUNCTION social.vector_levels(embedding REAL[]) RETURNS BIT VARYING
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  SELECT string_agg(LEAST(floor(e.value::float8 / m.half / 2 + 16), 31)::integer::bit(5)::text, '')::varbit
  FROM (SELECT max(abs(v.value))::float8 / 32 AS half FROM unnest(embedding) v (value)) m
  CROSS JOIN unnest(embedding) e (value)
  WHERE m.half BETWEEN 0.9e-17 AND 313
$$;

-- Half of what a level is wide, the length of what the levels leave out, and the levels' sum.
CREATE FUNCTION social.vector_rest(embedding REAL[]) RETURNS DOUBLE PRECISION[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  SELECT ARRAY[min(l.half), sqrt(sum((l.value - l.half * (2 * l.level - 31)) ^ 2)), sum(l.level)]
  FROM (
    SELECT e.value, m.half, LEAST(floor(e.value::float8 / m.half / 2 + 16), 31) AS level
    FROM (SELECT max(abs(v.value))::float8 / 32 AS half FROM unnest(embedding) v (value)) m
    CROSS JOIN unnest(embedding) e (value)
    WHERE m.half BETWEEN 0.9e-17 AND 313) l
$$;

CREATE TABLE social.embeddings (
  entity_id BIGINT NOT NULL,
  entity_type TEXT NOT NULL CHECK (entity_type IN ('post')),
  model TEXT NOT NULL CHECK (model COLLATE "C" ~ '^[a-z0-9][a-z0-9._/-]{0,99}$'),
  version INTEGER NOT NULL CHECK (version BETWEEN 1 AND 9999),
  organization_id UUID NOT NULL,
  embedding REAL[] NOT NULL CHECK (social.is_vector(embedding)),
  norm DOUBLE PRECISION NOT NULL GENERATED ALWAYS AS (social.vector_norm(embedding)) STORED,
  PRIMARY KEY (entity_id, entity_type, model, version),
  FOREIGN KEY (entity_id) REFERENCES social.posts_core (entity_id) ON DELETE CASCADE
);
CREATE INDEX idx_embeddings_organization ON social.embeddings (organization_id, model, version);

CREATE TABLE social.social_disagreements (
  entity_id BIGINT NOT NULL,
  table_name TEXT NOT NULL,
  member TEXT NOT NULL,
  column_name TEXT NOT NULL,
  organization_id UUID NOT NULL REFERENCES social.organizations (id) ON DELETE CASCADE,
  kept TEXT NOT NULL,
  other TEXT NOT NULL,
  PRIMARY KEY (entity_id, table_name, member, column_name)
);

-- Accounts are no rows of this schema, so numbers have no foreign key: a post takes its own with it.
CREATE FUNCTION social.forget_post() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  DELETE FROM social.time_series_metrics t
  USING gone_posts g
  WHERE t.entity_id = g.entity_id AND t.entity_type = 'post';
  DELETE FROM social.social_disagreements d
  USING gone_posts g
  WHERE d.entity_id = g.entity_id AND d.member NOT LIKE 'account %';
  RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION social.forget_post() FROM PUBLIC;

CREATE TRIGGER social_forget AFTER DELETE ON social.posts_core
  REFERENCING OLD TABLE AS gone_posts FOR EACH STATEMENT EXECUTE FUNCTION social.forget_post();

-- New: nothing in the old schema becomes these. Keys begin with the organization, so that no tenant can learn from an
-- error what another one has; what they say of entities is not checked by foreign keys, for the same reason.
CREATE TABLE social.ai_prompts (
  organization_id UUID NOT NULL REFERENCES social.organizations (id) ON DELETE CASCADE,
  name TEXT NOT NULL CHECK (name <> ''),
  version INTEGER NOT NULL CHECK (version >= 1),
  template TEXT NOT NULL,
  is_active BOOLEAN NOT NULL DEFAULT true,
  created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  PRIMARY KEY (organization_id, name, version)
);

CREATE TABLE social.ai_context_logs (
  organization_id UUID NOT NULL REFERENCES social.organizations (id) ON DELETE CASCADE,
  conversation_id UUID NOT NULL,
  turn INTEGER NOT NULL CHECK (turn >= 1),
  role TEXT NOT NULL CHECK (role IN ('system', 'user', 'assistant', 'tool')),
  content TEXT NOT NULL,
  prompt_name TEXT,
  prompt_version INTEGER,
  -- what was retrieved for it: entities, nearest first
  retrieved BIGINT[] NOT NULL DEFAULT '{}',
  created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  PRIMARY KEY (organization_id, conversation_id, turn),
  FOREIGN KEY (organization_id, prompt_name, prompt_version)
    REFERENCES social.ai_prompts (organization_id, name, version) ON UPDATE CASCADE
);

CREATE TABLE social.ai_suggestions (
  organization_id UUID NOT NULL REFERENCES social.organizations (id) ON DELETE CASCADE,
  id UUID NOT NULL DEFAULT gen_random_uuid(),
  conversation_id UUID,
  entity_id BIGINT,
  kind TEXT NOT NULL CHECK (kind IN ('caption', 'hashtags', 'time', 'idea', 'reply')),
  suggestion TEXT NOT NULL,
  feedback TEXT CHECK (feedback IN ('accepted', 'edited', 'rejected')),
  feedback_note TEXT,
  feedback_at TIMESTAMPTZ,
  created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  PRIMARY KEY (organization_id, id),
  CHECK ((feedback IS NULL) = (feedback_at IS NULL))
);
CREATE INDEX idx_ai_suggestions_organization_time ON social.ai_suggestions (organization_id, created_at DESC, id);

-- Makes the partitions of the months from `first` to `last` that are not there, and moves into them what fell into the
-- default partition. Each takes a short lock that stops readers and writers of the default partition.
CREATE FUNCTION social.make_metric_partitions(first DATE, last DATE, OUT made INTEGER, OUT moved BIGINT)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  home TEXT := (SELECT c.relnamespace::regnamespace::text FROM pg_class c
    WHERE c.oid = 'social.time_series_metrics'::regclass);
  month DATE;
  partition TEXT;
  count BIGINT;
BEGIN
  made := 0;
  moved := 0;
  FOR month IN
    SELECT m.m::date
    FROM generate_series(date_trunc('month', first::timestamp), date_trunc('month', last::timestamp), '1 month') m (m)
    WHERE m.m::date NOT IN (SELECT a.month FROM social.metric_archives a)
  LOOP
    partition := 'time_series_metrics_' || to_char(month, 'YYYY_MM');
    CONTINUE WHEN to_regclass(home || '.' || partition) IS NOT NULL;
    EXECUTE format('CREATE TABLE %s.%I (LIKE %s.time_series_metrics INCLUDING ALL)', home, partition, home);
    EXECUTE format('ALTER TABLE %s.%I ALTER COLUMN metrics SET STATISTICS 0', home, partition);
    EXECUTE format('LOCK TABLE %s.time_series_metrics_default IN ACCESS EXCLUSIVE MODE', home);
    EXECUTE format(
      'WITH gone AS (
         DELETE FROM %1$s.time_series_metrics_default t
         WHERE t.recorded_at >= %3$L AND t.recorded_at < %4$L
         RETURNING t.entity_id, t.recorded_at, t.organization_id, t.entity_type, t.metrics)
       INSERT INTO %1$s.%2$I (entity_id, recorded_at, organization_id, entity_type, metrics)
       SELECT g.entity_id, g.recorded_at, g.organization_id, g.entity_type, g.metrics FROM gone g',
      home, partition, month::timestamp AT TIME ZONE 'UTC', (month + INTERVAL '1 month') AT TIME ZONE 'UTC');
    GET DIAGNOSTICS count = ROW_COUNT;
    EXECUTE format(
      'ALTER TABLE %1$s.time_series_metrics ATTACH PARTITION %1$s.%2$I FOR VALUES FROM (%3$L) TO (%4$L)',
      home, partition, month::timestamp AT TIME ZONE 'UTC', (month + INTERVAL '1 month') AT TIME ZONE 'UTC');
    -- nobody reads a partition but through the whole
    EXECUTE format('ALTER TABLE %s.%I ENABLE ROW LEVEL SECURITY', home, partition);
    made := made + 1;
    moved := moved + count;
  END LOOP;
END
$$;
REVOKE ALL ON FUNCTION social.make_metric_partitions(date, date) FROM PUBLIC;

-- From the first month of the old tables, at most five years ago, to three months ahead.
SELECT made.made AS partitions
FROM (
  SELECT min(d.day) AS first
  FROM (
    SELECT (SELECT min(a.stat_day) FROM social.post_analytics a WHERE a.stat_day > '-infinity') AS day
    UNION ALL
    SELECT (SELECT min(a.day) FROM social.account_analytics a WHERE a.day > '-infinity')
    UNION ALL
    SELECT (SELECT min(s.stat_date) FROM social.daily_stats s WHERE s.stat_date > '-infinity')
    UNION ALL
    SELECT (
      SELECT CASE WHEN r.scraped_at < now() THEN r.scraped_at::date END
      FROM social.instagramreelsscraper r
      WHERE r.scraped_at > '0001-01-01 00:00:00+00'
      ORDER BY r.scraped_at
      LIMIT 1)) d) old
CROSS JOIN LATERAL social.make_metric_partitions(
  LEAST(GREATEST(old.first, CURRENT_DATE - 1826), CURRENT_DATE), (CURRENT_DATE + INTERVAL '3 months')::date) made;

-- The neighbours of a post of an organization: among its embeddings of the same model and version, its newest. A scan
-- measures roughly first, and exactly only what that leaves in doubt: without pgvector by five bits of each number, whose
-- error is known, with it in single precision. In organizations with more than `scanned_at_most` vectors an HNSW index
-- gives candidates instead, among which the exact distance decides. A scan is exact, an index nearly always. The distance
-- (0 the same direction, 2 the opposite) is computed in double precision and always in the same order, so that every
-- schema says the same.
DO $do$
DECLARE
  home TEXT := (SELECT c.relnamespace::regnamespace::text FROM pg_class c
    WHERE c.oid = 'social.embeddings'::regclass);
  vectors TEXT;
  length INTEGER;
  wanted_rows TEXT := $body$e.organization_id = for_organization AND e.model = wanted.model
        AND e.version = wanted.version AND e.entity_type = 'post'$body$;
  exact TEXT := $body$
        CROSS JOIN LATERAL (
          SELECT ROUND((1 - sum(v.x::float8 * v.y::float8) / (e.norm * wanted.norm))::numeric, 6) AS distance
          FROM (SELECT unnest(e.embedding) AS x, unnest(wanted.embedding) AS y) v) d
  $body$;
  -- The k nearest of what was measured roughly, up to `off` wrong. No nearest one is farther than the farthest of any k.
  nearest TEXT := format($body$
        SELECT e.entity_id, d.distance
        FROM measured m
        JOIN social.embeddings e ON e.entity_id = m.entity_id AND %1$s
        %2$s
        -- what six decimals make equal is decided by the number
        WHERE m.about - m.off <= 0.000002 + (
          SELECT max(d.distance)::float8
          FROM (SELECT a.entity_id FROM measured a ORDER BY a.about LIMIT neighbours) n
          JOIN social.embeddings e ON e.entity_id = n.entity_id AND %1$s
          %2$s)
        ORDER BY d.distance, e.entity_id
        LIMIT neighbours;
    $body$, wanted_rows, exact);
  single TEXT;
  search TEXT := '';
  scan TEXT;
BEGIN
  IF NOT EXISTS (SELECT FROM pg_extension x WHERE x.extname = 'vector')
    AND EXISTS (SELECT FROM pg_available_extensions x WHERE x.name = 'vector')
  THEN
    BEGIN
      EXECUTE format('CREATE EXTENSION vector SCHEMA %s', home);
    EXCEPTION WHEN insufficient_privilege THEN
      RAISE NOTICE 'pgvector is there, but only an administrator can add it: similar posts are found by a scan';
    END;
  END IF;
  SELECT x.extnamespace::regnamespace::text INTO vectors
  FROM pg_extension x
  WHERE x.extname = 'vector';
  length := (
    SELECT cardinality(p.embedding)
    FROM (SELECT o.embedding FROM social.posts o WHERE o.embedding IS NOT NULL LIMIT 1000) p
    WHERE cardinality(p.embedding) BETWEEN 1 AND 4000
    GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1);
  IF vectors IS NULL THEN
    EXECUTE format(
      'ALTER TABLE %1$s.embeddings
         ADD levels BIT VARYING GENERATED ALWAYS AS (%1$s.vector_levels(embedding)) STORED,
         ADD rest DOUBLE PRECISION[] GENERATED ALWAYS AS (%1$s.vector_rest(embedding)) STORED', home);
    scan := format($body$
      RETURN QUERY
        WITH measured AS MATERIALIZED (
          SELECT
            e.entity_id,
            1 - e.rest[1] * wanted.rest[1]
              * (4 * (%2$s) - 62 * (e.rest[3] + wanted.rest[3]) + 961 * cardinality(wanted.embedding))
              / (e.norm * wanted.norm) AS about,
            (e.rest[2] * wanted.norm + (e.norm + e.rest[2]) * wanted.rest[2]) / (e.norm * wanted.norm) AS off
          FROM social.embeddings e
          WHERE %1$s
            AND cardinality(e.embedding) = cardinality(wanted.embedding) AND e.entity_id <> for_post
        )
    $body$, wanted_rows, (
      SELECT string_agg(format('%s * bit_count(e.levels & masks[%s])', 1 << p.p, p.p + 1), ' + ' ORDER BY p.p)
      FROM generate_series(0, 8) p (p))) || nearest;
    -- In the p-th each bit stands where the other vector has the one with which it gives 2^p: so AND multiplies.
    search := $body$
      masks := ARRAY(
        SELECT bit_or((wanted.levels & repeat((1 << p.p - i.i)::bit(5)::text, cardinality(wanted.embedding))::varbit)
          << (2 * i.i - p.p))
        FROM generate_series(0, 8) p (p)
        CROSS JOIN generate_series(0, 4) i (i)
        WHERE p.p - i.i BETWEEN 0 AND 4
        GROUP BY p.p
        ORDER BY p.p);
    $body$;
  ELSE
    -- what single precision makes wrong at most grows with the dimensions
    single := format($body$
            e.embedding::%1$s.vector OPERATOR(%1$s.<=>) wanted.embedding::%1$s.vector AS about,
            (0.000005 + 1.5e-7 * cardinality(wanted.embedding))::float8 AS off
    $body$, vectors);
    scan := format($body$
      RETURN QUERY
        WITH measured AS MATERIALIZED (
          SELECT e.entity_id, %s
          FROM social.embeddings e
          WHERE %s
            AND cardinality(e.embedding) = cardinality(wanted.embedding) AND e.entity_id <> for_post
        )
    $body$, single, wanted_rows) || nearest;
  END IF;
  IF vectors IS NOT NULL AND length IS NOT NULL THEN
    -- half precision is enough for candidates, and half as large
    EXECUTE format(
      'CREATE INDEX idx_embeddings_hnsw ON %1$s.embeddings
         USING hnsw ((embedding::%2$s.halfvec(%3$s)) %2$s.halfvec_cosine_ops)
         WHERE cardinality(embedding) = %3$s',
      home, vectors, length);
    search := format($body$
      IF cardinality(wanted.embedding) = %2$s AND (
        SELECT count(*) FROM (
          SELECT FROM social.embeddings e
          WHERE %3$s
          LIMIT scanned_at_most + 1) n) > scanned_at_most
      THEN
        -- until the function ends
        PERFORM set_config('hnsw.ef_search', '1000', true), set_config('hnsw.iterative_scan', 'strict_order', true),
          set_config('enable_seqscan', 'off', true), set_config('enable_sort', 'off', true);
        RETURN QUERY
          WITH candidates AS MATERIALIZED (
            SELECT e.entity_id, %4$s
            FROM social.embeddings e
            WHERE %3$s
              AND cardinality(e.embedding) = %2$s
            ORDER BY e.embedding::%1$s.halfvec(%2$s) OPERATOR(%1$s.<=>) wanted.embedding::%1$s.halfvec(%2$s)
            LIMIT 10 * neighbours + 200
          ),
          measured AS (
            SELECT c.entity_id, c.about, c.off FROM candidates c WHERE c.entity_id <> for_post
          )
    $body$ || nearest || $body$
        RETURN;
      END IF;
    $body$, vectors, length, wanted_rows, single);
  END IF;
  EXECUTE format($create$
    CREATE FUNCTION %s.similar_posts(
      for_organization UUID, for_post BIGINT, neighbours INTEGER, scanned_at_most INTEGER DEFAULT 10000)
    RETURNS TABLE (entity_id BIGINT, distance NUMERIC)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp%s AS $function$
    #variable_conflict use_column
    DECLARE
      wanted RECORD;
      masks BIT VARYING[];
    BEGIN
      SELECT e.* INTO wanted
      FROM social.embeddings e
      WHERE e.organization_id = for_organization AND e.entity_id = for_post AND e.entity_type = 'post'
      ORDER BY e.version DESC, e.model COLLATE "C"
      LIMIT 1;
      IF NOT FOUND THEN
        RETURN;
      END IF;
      %s
    END
    $function$
  $create$, home,
    -- so that what a search sets ends with the function
    CASE WHEN vectors IS NOT NULL AND length IS NOT NULL THEN ' SET hnsw.ef_search = 40 SET hnsw.iterative_scan = off '
      || 'SET enable_seqscan = on SET enable_sort = on' ELSE '' END,
    search || scan);
END
$do$;

-- What organizations and their members are follows from workspaces, which stay: here, and by triggers from now on.
INSERT INTO social.organizations (id, name, slug, created_at)
SELECT w.id, w.name, w.slug, w.created_at FROM social.workspaces w;

-- An unknown role may read.
CREATE FUNCTION social.member_role(said TEXT) RETURNS TEXT
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE WHEN lower(btrim(said)) IN ('owner', 'admin', 'editor') THEN lower(btrim(said)) ELSE 'viewer' END
$$;

INSERT INTO social.organization_members (organization_id, user_id, role, joined_at)
SELECT m.workspace_id, m.user_id, social.member_role(m.role), m.created_at FROM social.workspace_members m;

-- Tenants. Policies ask which role asks, never a setting, since everybody can change settings. Roles are the whole
-- server's, so their names tell the database and the schema, and nothing of the organization.
CREATE FUNCTION social.tenant_role(organization UUID) RETURNS NAME
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT ('switchyard_' || d.oid || '_' || c.relnamespace || COALESCE('_' || left(encode(sha256(
    convert_to(d.oid || ' ' || c.relnamespace || ' ' || organization, 'UTF8')), 'hex'), 24), '_tenants'))::name
  FROM pg_database d
  CROSS JOIN pg_class c
  WHERE d.datname = current_database() AND c.oid = 'social.organizations'::regclass
$$;

-- Makes the roles that are missing, and takes away those whose organization is gone. Gives the number of organizations
-- that have none.
CREATE FUNCTION social.make_tenant_roles() RETURNS BIGINT
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  tenants NAME := social.tenant_role(NULL);
  organization UUID;
  tenant NAME;
BEGIN
  -- one at a time
  LOCK TABLE social.organization_roles IN SHARE ROW EXCLUSIVE MODE;
  -- What fails is not the business of who writes a workspace, nor of another organization; `social_status` tells of it.
  FOR organization IN
    SELECT o.id FROM social.organizations o
    WHERE o.id NOT IN (SELECT r.organization_id FROM social.organization_roles r)
    ORDER BY o.id
  LOOP
    BEGIN
      tenant := social.tenant_role(organization);
      IF to_regrole(tenant) IS NULL THEN
        EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE', tenant);
      END IF;
      IF NOT EXISTS (
        SELECT FROM pg_auth_members m WHERE m.roleid = to_regrole(tenants) AND m.member = to_regrole(tenant))
      THEN
        EXECUTE format('GRANT %I TO %I', tenants, tenant);
      END IF;
      -- so that the owner can act as it
      IF NOT (SELECT u.rolsuper FROM pg_roles u WHERE u.rolname = current_user) THEN
        EXECUTE format('GRANT %I TO %I', tenant, current_user);
      END IF;
      INSERT INTO social.organization_roles (role_name, organization_id) VALUES (tenant, organization);
    EXCEPTION WHEN OTHERS THEN
      RAISE WARNING 'no role for organization %: %', organization, SQLERRM;
    END;
  END LOOP;
  FOR tenant IN
    SELECT u.rolname
    FROM pg_auth_members m
    JOIN pg_roles u ON u.oid = m.member
    WHERE m.roleid = to_regrole(tenants)
      AND u.rolname LIKE replace(replace(tenants, '_tenants', ''), '_', '\_') || '\_%'
      AND u.rolname NOT IN (SELECT r.role_name FROM social.organization_roles r)
  LOOP
    BEGIN
      EXECUTE format('DROP ROLE %I', tenant);
    EXCEPTION WHEN OTHERS THEN
      RAISE WARNING 'role % stays: %', tenant, SQLERRM;
    END;
  END LOOP;
  RETURN (SELECT count(*) FROM social.organizations o
    WHERE o.id NOT IN (SELECT r.organization_id FROM social.organization_roles r));
END
$$;
REVOKE ALL ON FUNCTION social.tenant_role(uuid), social.make_tenant_roles() FROM PUBLIC;

DO $$
DECLARE
  tenants NAME := social.tenant_role(NULL);
  name TEXT;
  new_table REGCLASS;
BEGIN
  IF NOT (SELECT u.rolsuper OR u.rolcreaterole FROM pg_roles u WHERE u.rolname = current_user) THEN
    RAISE insufficient_privilege USING
      MESSAGE = format('each organization gets a role, and %s may not make roles: ALTER ROLE %1$s CREATEROLE',
        quote_ident(current_user));
  END IF;
  IF to_regrole(tenants) IS NULL THEN
    EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE', tenants);
  END IF;
  EXECUTE format('GRANT USAGE ON SCHEMA %s TO %I',
    (SELECT c.relnamespace::regnamespace FROM pg_class c WHERE c.oid = 'social.organizations'::regclass), tenants);
  FOREACH name IN ARRAY ARRAY[
      'organizations', 'organization_members', 'organization_roles', 'posts_core', 'posts_content', 'media_files',
      'post_media_links', 'post_insights', 'time_series_metrics', 'embeddings', 'social_disagreements', 'ai_prompts',
      'ai_context_logs', 'ai_suggestions'] LOOP
    new_table := ('social.' || name)::regclass;
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', new_table);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', new_table);
    EXECUTE format('CREATE POLICY owner ON %s TO %I USING (true) WITH CHECK (true)', new_table, current_user);
    IF name = 'organization_roles' THEN
      EXECUTE format('CREATE POLICY tenant ON %s FOR SELECT TO %I USING (role_name = current_user)', new_table,
        tenants);
    ELSE
      -- asked once for a statement, and by the index
      EXECUTE format(
        'CREATE POLICY tenant ON %s TO %I USING (%s = (
           SELECT r.organization_id FROM social.organization_roles r WHERE r.role_name = current_user))',
        new_table, tenants, CASE name WHEN 'organizations' THEN 'id' ELSE 'organization_id' END);
    END IF;
    EXECUTE format('GRANT SELECT%s ON %s TO %I',
      CASE WHEN name LIKE 'ai\_%' THEN ', INSERT, UPDATE, DELETE' END, new_table, tenants);
  END LOOP;
  -- what others get who may call or read nothing here otherwise
  EXECUTE format('GRANT EXECUTE ON FUNCTION social.similar_posts(uuid, bigint, integer, integer) TO %I', tenants);
  PERFORM social.make_tenant_roles();
END
$$;

-- Statistics are made of all rows, and EXPLAIN shows them to whoever may read the table: none of what anybody has written.
DO $$
DECLARE
  kept RECORD;
BEGIN
  FOR kept IN
    SELECT a.attrelid::regclass AS new_table, a.attname
    FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = (SELECT o.relnamespace FROM pg_class o WHERE o.oid = 'social.organizations'::regclass)
      AND (c.relforcerowsecurity OR c.relispartition) AND a.attnum > 0
      AND a.atttypid IN ('text'::regtype, 'text[]'::regtype, 'jsonb'::regtype, 'real[]'::regtype, 'varbit'::regtype,
        'float8[]'::regtype, 'int8[]'::regtype, 'uuid'::regtype, 'name'::regtype)
      AND a.attname NOT IN ('organization_id', 'platform', 'status', 'entity_type', 'kind', 'role', 'feedback')
  LOOP
    EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET STATISTICS 0', kept.new_table, kept.attname);
  END LOOP;
END
$$;

-- What was written to workspaces, under the ids and slugs by which posts call them. A post that was written at the same
-- time as its workspace, in another transaction, was not seen by the trigger below, nor the workspace by the post's copy.
CREATE TABLE social.workspace_writes (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  called TEXT[] NOT NULL,
  -- all that was under way when the write was first seen is over once nothing older than this is under way
  over_before XID8
);

-- Keys whose organization may be another one now are copied again. While there is a way back and only new rows are
-- written, an organization cannot go with what it has: nothing could bring that back.
CREATE FUNCTION social.follow_workspaces() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  touched TEXT[] := '{}';
  phase TEXT := (SELECT m.phase FROM switchyard.migrations m WHERE m.name = 'social-posts');
BEGIN
  IF phase IN ('new_only', 'archived') AND (TG_OP = 'DELETE' OR TG_OP = 'UPDATE' AND NEW.id <> OLD.id) AND (
    EXISTS (SELECT FROM social.posts_core p WHERE p.organization_id = OLD.id)
    OR EXISTS (SELECT FROM social.time_series_metrics t WHERE t.organization_id = OLD.id))
  THEN
    RAISE EXCEPTION 'a workspace with posts or numbers can neither go nor get another id while social-posts is %', phase
      USING ERRCODE = 'object_not_in_prerequisite_state',
        HINT = 'Delete its posts and accounts first, or after "switchyard drop --migration social-posts".';
  END IF;
  CASE TG_OP
    WHEN 'INSERT' THEN
      touched := ARRAY[NEW.id::text, NEW.slug];
      INSERT INTO social.organizations AS o (id, name, slug, created_at)
      VALUES (NEW.id, NEW.name, NEW.slug, NEW.created_at)
      ON CONFLICT (id) DO NOTHING;
    WHEN 'UPDATE' THEN
      IF NEW.id <> OLD.id THEN
        touched := ARRAY[OLD.id::text, NEW.id::text, OLD.slug, NEW.slug];
        -- what no old row says moves; the rest is copied again
        UPDATE social.organizations o SET slug = o.id::text WHERE o.id = OLD.id;
        INSERT INTO social.organizations (id, name, slug, created_at)
        VALUES (NEW.id, NEW.name, NEW.slug, NEW.created_at);
        UPDATE social.ai_prompts p SET organization_id = NEW.id WHERE p.organization_id = OLD.id;
        UPDATE social.ai_context_logs l SET organization_id = NEW.id WHERE l.organization_id = OLD.id;
        UPDATE social.ai_suggestions s SET organization_id = NEW.id WHERE s.organization_id = OLD.id;
        DELETE FROM social.organizations o WHERE o.id = OLD.id;
      ELSE
        IF NEW.slug <> OLD.slug THEN
          touched := ARRAY[OLD.slug, NEW.slug];
        END IF;
        UPDATE social.organizations o SET name = NEW.name, slug = NEW.slug, created_at = NEW.created_at
        WHERE o.id = NEW.id;
      END IF;
    WHEN 'DELETE' THEN
      touched := ARRAY[OLD.id::text, OLD.slug];
      DELETE FROM social.organizations o WHERE o.id = OLD.id;
  END CASE;
  IF TG_OP <> 'UPDATE' OR NEW.id <> OLD.id THEN
    PERFORM social.make_tenant_roles();
  END IF;
  IF cardinality(touched) > 0 AND phase NOT IN ('new_only', 'archived', 'dropped') THEN
    INSERT INTO social.workspace_writes (called) VALUES (touched);
    INSERT INTO switchyard.repair_queue (migration, key, subject, reason)
    SELECT 'social-posts', k.key, '', 'its workspace was written'
    FROM (
      SELECT p.id AS key FROM social.posts p WHERE p.workspace_id::text = ANY (touched)
      UNION
      SELECT p.id FROM social.posts p
      WHERE lower(btrim(p.team, E' \t\r\n') COLLATE "C") COLLATE "default" = ANY (touched)) k
    ON CONFLICT DO NOTHING;
  END IF;
  RETURN NULL;
END
$$;

CREATE FUNCTION social.follow_members() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    DELETE FROM social.organization_members m
    WHERE m.organization_id = OLD.workspace_id AND m.user_id = OLD.user_id;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO social.organization_members (organization_id, user_id, role, joined_at)
    VALUES (NEW.workspace_id, NEW.user_id, social.member_role(NEW.role), NEW.created_at)
    ON CONFLICT (organization_id, user_id) DO UPDATE SET role = excluded.role, joined_at = excluded.joined_at;
  END IF;
  RETURN NULL;
END
$$;

-- An account that goes or moves takes its numbers with it; while there are old ones, those are copied again.
CREATE FUNCTION social.follow_accounts() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' OR TG_OP = 'UPDATE' AND NEW.id <> OLD.id THEN
    DELETE FROM social.time_series_metrics t WHERE t.entity_id = OLD.id AND t.entity_type = 'account';
    DELETE FROM social.social_disagreements d WHERE d.entity_id = OLD.id AND d.member LIKE 'account %';
  ELSIF TG_OP = 'UPDATE' AND NEW.workspace_id <> OLD.workspace_id THEN
    UPDATE social.time_series_metrics t SET organization_id = NEW.workspace_id
    WHERE t.entity_id = OLD.id AND t.entity_type = 'account';
    UPDATE social.social_disagreements d SET organization_id = NEW.workspace_id
    WHERE d.entity_id = OLD.id AND d.member LIKE 'account %';
  END IF;
  INSERT INTO switchyard.repair_queue (migration, key, subject, reason)
  SELECT DISTINCT 'social-posts', k.key, '', 'its account was written'
  FROM unnest(ARRAY[
    CASE WHEN TG_OP <> 'INSERT' THEN OLD.id END, CASE WHEN TG_OP <> 'DELETE' THEN NEW.id END]) k (key)
  WHERE k.key IS NOT NULL AND EXISTS (
    SELECT FROM switchyard.migrations m
    WHERE m.name = 'social-posts' AND m.phase NOT IN ('new_only', 'archived', 'dropped'))
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION social.follow_workspaces(), social.follow_members(), social.follow_accounts() FROM PUBLIC;

CREATE TRIGGER social_follow AFTER INSERT OR UPDATE OR DELETE ON social.workspaces
  FOR EACH ROW EXECUTE FUNCTION social.follow_workspaces();
CREATE TRIGGER social_follow AFTER INSERT OR UPDATE OR DELETE ON social.workspace_members
  FOR EACH ROW EXECUTE FUNCTION social.follow_members();
CREATE TRIGGER social_follow AFTER INSERT OR UPDATE OF id, workspace_id OR DELETE ON social.accounts
  FOR EACH ROW EXECUTE FUNCTION social.follow_accounts();

-- Makes roles that are missing, deletes files that no post has any more, makes partitions ahead and moves what fell into
-- the default one; and takes months out, once the old tables are dropped: while there are old rows they must stay
-- comparable, and a way back needs all. `kept_months` NULL: none is taken out. What stops readers comes last, and waits
-- for nobody longer than the caller lets it.
CREATE FUNCTION social.maintenance(
  kept_months INTEGER, OUT partitions INTEGER, OUT moved BIGINT, OUT archived INTEGER, OUT files BIGINT,
  OUT without_role BIGINT)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  home TEXT := (SELECT c.relnamespace::regnamespace::text FROM pg_class c
    WHERE c.oid = 'social.time_series_metrics'::regclass);
  this_month DATE := date_trunc('month', now() AT TIME ZONE 'UTC');
  span RECORD;
  one RECORD;
  orphan UUID;
BEGIN
  partitions := 0;
  moved := 0;
  archived := 0;
  files := 0;
  without_role := social.make_tenant_roles();
  FOR orphan IN
    SELECT f.id FROM social.media_files f
    WHERE NOT EXISTS (SELECT FROM social.post_media_links l WHERE l.media_id = f.id)
    LIMIT 1000
    FOR UPDATE OF f SKIP LOCKED
  LOOP
    BEGIN
      DELETE FROM social.media_files f WHERE f.id = orphan;
      files := files + 1;
    EXCEPTION WHEN foreign_key_violation THEN
      NULL;
    END;
  END LOOP;
  -- ahead, and the months of what is in the default partition, if they are near
  FOR span IN
    SELECT this_month AS first, (this_month + INTERVAL '3 months')::date AS last
    UNION
    SELECT DISTINCT m.month, m.month
    FROM (
      SELECT date_trunc('month', t.recorded_at AT TIME ZONE 'UTC')::date AS month
      FROM social.time_series_metrics_default t) m
    WHERE m.month BETWEEN this_month - 1826 AND (this_month + INTERVAL '12 months')::date
  LOOP
    SELECT maintenance.partitions + p.made, maintenance.moved + p.moved INTO partitions, moved
    FROM social.make_metric_partitions(span.first, span.last) p;
  END LOOP;

  IF kept_months >= 1 AND EXISTS (
    SELECT FROM switchyard.migrations m WHERE m.name = 'social-posts' AND m.phase = 'dropped')
  THEN
    -- months that are over and taken out already get what came late
    FOR one IN
      SELECT a.month, a.table_name FROM social.metric_archives a ORDER BY a.month
    LOOP
      EXECUTE format(
        'WITH gone AS (
           DELETE FROM %1$s.time_series_metrics_default t
           WHERE t.recorded_at >= %3$L AND t.recorded_at < %4$L
           RETURNING t.entity_id, t.recorded_at, t.organization_id, t.entity_type, t.metrics)
         INSERT INTO %1$s.%2$I AS a (entity_id, recorded_at, organization_id, entity_type, metrics)
         SELECT g.entity_id, g.recorded_at, g.organization_id, g.entity_type, g.metrics FROM gone g
         ON CONFLICT (entity_id, entity_type, recorded_at) DO UPDATE
         SET metrics = a.metrics || excluded.metrics, organization_id = excluded.organization_id',
        home, one.table_name, one.month::timestamp AT TIME ZONE 'UTC',
        (one.month + INTERVAL '1 month') AT TIME ZONE 'UTC');
    END LOOP;
    FOR one IN
      SELECT to_date(right(c.relname, 7), 'YYYY_MM') AS month, c.relname AS table_name
      FROM pg_inherits i
      JOIN pg_class c ON c.oid = i.inhrelid
      WHERE i.inhparent = 'social.time_series_metrics'::regclass AND c.relname ~ '^time_series_metrics_\d{4}_\d{2}$'
        AND to_date(right(c.relname, 7), 'YYYY_MM') < this_month - make_interval(months => kept_months)
      ORDER BY 1
    LOOP
      EXECUTE format('ALTER TABLE %1$s.time_series_metrics DETACH PARTITION %1$s.%2$I', home, one.table_name);
      INSERT INTO social.metric_archives (month, table_name) VALUES (one.month, one.table_name);
      archived := archived + 1;
    END LOOP;
  END IF;

END
$$;
REVOKE ALL ON FUNCTION social.maintenance(integer) FROM PUBLIC;

COMMENT ON TABLE social.posts_core IS 'One row per post: where it belongs, its state and its times';
COMMENT ON TABLE social.posts_content IS 'One row per post: what it says';
COMMENT ON TABLE social.media_files IS 'One row per address and organization; posts share them';
COMMENT ON TABLE social.post_media_links IS 'The files of a post in order; details: what else the post says of it';
COMMENT ON TABLE social.post_insights IS 'What the platform says of a post as a whole';
COMMENT ON TABLE social.time_series_metrics IS
  'The numbers of an entity at a moment, a day being its first one in UTC: three daily tables and two scrapes as one';
COMMENT ON TABLE social.embeddings IS 'Vectors by model and version; REAL[] with and without pgvector';
COMMENT ON TABLE social.social_disagreements IS
  'Values of old rows that lost against another source of the same new row: kept, so that nothing is lost';
