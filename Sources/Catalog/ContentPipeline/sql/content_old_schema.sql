-- name: content_old_schema
-- takes: nothing
-- why: the schema that a production user already has: nine tables that overlap, without foreign keys and without any
--      uniqueness but the id. `demo` and the tests create it.

CREATE TABLE content.content_metadata (
  id BIGSERIAL PRIMARY KEY,
  decision_id BIGINT NOT NULL,
  content TEXT,
  status TEXT,
  scheduled_at TIMESTAMPTZ,
  generator_name TEXT,
  topic TEXT,
  angle TEXT,
  tone TEXT,
  visual_format TEXT,
  created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  updated_at TIMESTAMPTZ
);

CREATE TABLE content.content_generation_metadata_comprehensive (
  id BIGSERIAL PRIMARY KEY,
  decision_id BIGINT NOT NULL,
  content_text TEXT,
  generation_status TEXT,
  scheduled_for TIMESTAMPTZ,
  generator_used TEXT,
  topic TEXT,
  angle TEXT,
  tone TEXT,
  visual_format TEXT,
  created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  updated_at TIMESTAMPTZ
);

CREATE TABLE content.posted_decisions (
  id BIGSERIAL PRIMARY KEY,
  decision_id BIGINT NOT NULL,
  tweet_id TEXT,
  content TEXT,
  generator_name TEXT,
  topic TEXT,
  angle TEXT,
  posted_at TIMESTAMPTZ,
  created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE TABLE content.tweets (
  id BIGSERIAL PRIMARY KEY,
  decision_id BIGINT NOT NULL,
  tweet_id TEXT,
  text TEXT,
  generator TEXT,
  posted_at TIMESTAMPTZ,
  created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  updated_at TIMESTAMPTZ
);

CREATE TABLE content.posts (
  id BIGSERIAL PRIMARY KEY,
  decision_id BIGINT NOT NULL,
  post_id TEXT,
  body TEXT,
  topic TEXT,
  angle TEXT,
  published_at TIMESTAMPTZ,
  created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE TABLE content.outcomes (
  id BIGSERIAL PRIMARY KEY,
  decision_id BIGINT NOT NULL,
  tweet_id TEXT,
  likes BIGINT,
  retweets BIGINT,
  views BIGINT,
  engagement_rate NUMERIC,
  collected_pass TEXT,
  collected_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE TABLE content.real_tweet_metrics (
  id BIGSERIAL PRIMARY KEY,
  decision_id BIGINT NOT NULL,
  tweet_id TEXT,
  likes_count BIGINT,
  retweets_count BIGINT,
  impressions BIGINT,
  engagement_rate NUMERIC,
  collection_phase TEXT,
  collected_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  updated_at TIMESTAMPTZ
);

CREATE TABLE content.tweet_analytics (
  id BIGSERIAL PRIMARY KEY,
  decision_id BIGINT NOT NULL,
  tweet_id TEXT,
  likes BIGINT,
  retweets BIGINT,
  impressions BIGINT,
  engagement_rate NUMERIC,
  captured_at TIMESTAMPTZ,
  created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE TABLE content.tweet_metrics (
  id BIGSERIAL PRIMARY KEY,
  decision_id BIGINT NOT NULL,
  tweet_id TEXT,
  likes_count BIGINT,
  retweets_count BIGINT,
  views_count BIGINT,
  collection_phase TEXT,
  captured_at TIMESTAMPTZ DEFAULT now(),
  created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  updated_at TIMESTAMPTZ
);

CREATE INDEX idx_content_metadata_decision_id ON content.content_metadata (decision_id);
CREATE INDEX idx_content_generation_metadata_comprehensive_decision_id
  ON content.content_generation_metadata_comprehensive (decision_id);
CREATE INDEX idx_posted_decisions_decision_id ON content.posted_decisions (decision_id);
CREATE INDEX idx_tweets_decision_id ON content.tweets (decision_id);
CREATE INDEX idx_posts_decision_id ON content.posts (decision_id);
CREATE INDEX idx_outcomes_decision_id ON content.outcomes (decision_id);
CREATE INDEX idx_real_tweet_metrics_decision_id ON content.real_tweet_metrics (decision_id);
CREATE INDEX idx_tweet_analytics_decision_id ON content.tweet_analytics (decision_id);
CREATE INDEX idx_tweet_metrics_decision_id ON content.tweet_metrics (decision_id);
