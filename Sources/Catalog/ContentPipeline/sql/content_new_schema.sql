-- name: content_new_schema
-- takes: nothing
-- why: three tables for nine (seed 002), and a fourth for what sources said that did not win. Plain CREATE: the engine
--      runs it once, in one transaction, and a table that is already there must stop it. The constraints allow no row
--      that the mapping of old rows cannot give, so that a way back exists for every row.

CREATE TABLE content.content_queue (
  decision_id BIGINT PRIMARY KEY,
  content TEXT NOT NULL,
  status TEXT NOT NULL
    CHECK (status IN ('draft', 'queued', 'scheduled', 'posting', 'posted', 'failed', 'cancelled')),
  scheduled_at TIMESTAMPTZ
    CHECK (scheduled_at >= '0001-01-01 00:00:00+00' AND scheduled_at < '10000-01-01 00:00:00+00'),
  generator_name TEXT,
  topic TEXT,
  angle TEXT,
  tone TEXT,
  visual_format TEXT
);

-- The service `queue`: one status, the next first.
CREATE INDEX idx_content_queue_status_scheduled ON content.content_queue (status, scheduled_at, decision_id);

CREATE TABLE content.posted_content (
  decision_id BIGINT PRIMARY KEY REFERENCES content.content_queue (decision_id) ON DELETE CASCADE,
  tweet_id TEXT NOT NULL,
  content TEXT,
  posted_at TIMESTAMPTZ NOT NULL
    CHECK (posted_at >= '0001-01-01 00:00:00+00' AND posted_at < '10000-01-01 00:00:00+00'),
  generator_name TEXT CHECK (generator_name <> ''),
  topic TEXT CHECK (topic <> ''),
  angle TEXT CHECK (angle <> '')
);

-- All services but `queue`: days, the newest post first.
CREATE INDEX idx_posted_content_posted ON content.posted_content (posted_at DESC, decision_id);

CREATE TABLE content.engagement_metrics (
  decision_id BIGINT NOT NULL REFERENCES content.posted_content (decision_id) ON DELETE CASCADE,
  tweet_id TEXT NOT NULL,
  likes BIGINT CHECK (likes >= 0),
  retweets BIGINT CHECK (retweets >= 0),
  views BIGINT CHECK (views >= 0),
  collected_at TIMESTAMPTZ NOT NULL
    CHECK (collected_at >= '0001-01-01 00:00:00+00' AND collected_at < '10000-01-01 00:00:00+00'),
  collected_pass TEXT NOT NULL CHECK (collected_pass IN ('T+1h', 'T+24h', 'T+7d')),
  engagement_rate NUMERIC(7,4) CHECK (engagement_rate <> 'NaN'),
  PRIMARY KEY (decision_id, collected_at)
);

CREATE TABLE content.content_disagreements (
  decision_id BIGINT NOT NULL REFERENCES content.content_queue (decision_id) ON DELETE CASCADE,
  member TEXT NOT NULL,
  table_name TEXT NOT NULL,
  column_name TEXT NOT NULL,
  kept TEXT NOT NULL,
  other TEXT NOT NULL,
  PRIMARY KEY (decision_id, table_name, member, column_name)
);

-- A rate that is not given but can be computed is computed, as the mapping does it.
CREATE FUNCTION content.content_fill_engagement_rate() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.views > 0 AND ROUND((NEW.likes::numeric + NEW.retweets) / NEW.views, 4) < 1000 THEN
    NEW.engagement_rate := ROUND((NEW.likes::numeric + NEW.retweets) / NEW.views, 4);
  END IF;
  RETURN NEW;
END
$$;

CREATE TRIGGER content_fill_engagement_rate BEFORE INSERT OR UPDATE ON content.engagement_metrics
  FOR EACH ROW WHEN (NEW.engagement_rate IS NULL) EXECUTE FUNCTION content.content_fill_engagement_rate();

COMMENT ON TABLE content.content_queue IS
  'One row per decision: content_metadata and content_generation_metadata_comprehensive as one';
COMMENT ON TABLE content.posted_content IS
  'One row per decision that was posted: posted_decisions, tweets and posts as one';
COMMENT ON TABLE content.engagement_metrics IS
  'A time series per post: outcomes, real_tweet_metrics, tweet_analytics and tweet_metrics as one';
COMMENT ON TABLE content.content_disagreements IS
  'Values of old rows that lost against another source of the same new row: kept, so that nothing is lost';

-- By their tables' names alone: what stands before a point is read as the token for the schema.
DO $$
DECLARE
  said RECORD;
BEGIN
  FOR said IN
    SELECT c.new_table, c.column_name, c.comment
    FROM (VALUES
      ('content.content_queue'::regclass, 'scheduled_at',
        'Times are finite and of the years 1 to 9999, so that each has an RFC 3339 text of its own; other tables too'),
      ('content.posted_content', 'generator_name',
        'NULL: none, also where the queue has one. Never empty: in old rows an empty text says that there is none'),
      ('content.posted_content', 'topic', 'As generator_name'),
      ('content.posted_content', 'angle', 'As generator_name'),
      ('content.engagement_metrics', 'engagement_rate',
        '(likes + retweets) / views where it is not given; NULL only where that is unknown or 1000 and more'),
      ('content.content_disagreements', 'member',
        'Of engagement_metrics: collected_at as RFC 3339 text in UTC with microseconds; empty for the other tables'),
      ('content.content_disagreements', 'table_name', 'The old table whose value lost'),
      ('content.content_disagreements', 'column_name', 'The column of the new table'),
      ('content.content_disagreements', 'kept', 'The value that won, as text; times as RFC 3339'),
      ('content.content_disagreements', 'other', 'The value that lost, as text, in the type of the new column'))
      c (new_table, column_name, comment)
  LOOP
    EXECUTE format('COMMENT ON COLUMN %s.%I IS %L', said.new_table, said.column_name, said.comment);
  END LOOP;
END
$$;
