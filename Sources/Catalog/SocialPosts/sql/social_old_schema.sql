-- name: social_old_schema
-- takes: nothing
-- why: the schema that a production user already has: posts that hold everything, daily numbers in three places, two
--      tables of one scraper. Posts and accounts draw their ids from one sequence, so a number says one thing only.
--      Workspaces, their members and accounts stay: they say to which organization a row belongs. `demo` and the tests
--      create it.

CREATE SEQUENCE social.entity_ids;

CREATE TABLE social.workspaces (
  id UUID PRIMARY KEY,
  name TEXT NOT NULL,
  slug TEXT NOT NULL UNIQUE,
  created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE TABLE social.workspace_members (
  workspace_id UUID NOT NULL REFERENCES social.workspaces (id) ON DELETE CASCADE,
  user_id BIGINT NOT NULL,
  role TEXT,
  created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, user_id)
);

CREATE TABLE social.accounts (
  id BIGINT PRIMARY KEY DEFAULT nextval('social.entity_ids'),
  workspace_id UUID NOT NULL REFERENCES social.workspaces (id) ON DELETE CASCADE,
  platform TEXT NOT NULL,
  handle TEXT NOT NULL,
  created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX idx_accounts_workspace_id ON social.accounts (workspace_id);

CREATE TABLE social.posts (
  id BIGINT PRIMARY KEY DEFAULT nextval('social.entity_ids'),
  user_id BIGINT,
  workspace_id UUID,
  team TEXT,
  account_id BIGINT,
  platform TEXT,
  platform_post_id TEXT,
  status TEXT,
  scheduled_at TIMESTAMPTZ,
  published_at TIMESTAMPTZ,
  text TEXT,
  caption TEXT,
  hashtags TEXT,
  media_urls JSONB,
  embedding DOUBLE PRECISION[],
  embedding_model TEXT,
  like_count BIGINT,
  comment_count BIGINT,
  share_count BIGINT,
  view_count BIGINT,
  counted_at TIMESTAMPTZ,
  platform_data JSONB,
  created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  updated_at TIMESTAMPTZ
);

CREATE TABLE social.post_analytics (
  id BIGSERIAL PRIMARY KEY,
  post_id BIGINT NOT NULL,
  stat_day DATE,
  impressions BIGINT,
  reach BIGINT,
  likes BIGINT,
  comments BIGINT,
  shares BIGINT,
  saves BIGINT,
  clicks BIGINT,
  video_views BIGINT,
  created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  updated_at TIMESTAMPTZ
);

CREATE TABLE social.account_analytics (
  id BIGSERIAL PRIMARY KEY,
  account_id BIGINT NOT NULL,
  day DATE DEFAULT CURRENT_DATE,
  followers BIGINT,
  following BIGINT,
  profile_views BIGINT,
  impressions BIGINT,
  reach BIGINT,
  engagement_rate NUMERIC,
  created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE TABLE social.daily_stats (
  id BIGSERIAL PRIMARY KEY,
  entity_id BIGINT NOT NULL,
  entity_type TEXT,
  stat_date DATE,
  stats JSONB,
  created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  updated_at TIMESTAMPTZ
);

CREATE TABLE social.instagramreelsscraper (
  id BIGSERIAL PRIMARY KEY,
  post_id BIGINT NOT NULL,
  shortcode TEXT,
  music TEXT,
  duration_seconds INTEGER,
  play_count BIGINT,
  like_count BIGINT,
  comment_count BIGINT,
  scraped_at TIMESTAMPTZ DEFAULT now(),
  created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE TABLE social.instagramreelsscraper_duplicate (
  id BIGSERIAL PRIMARY KEY,
  post_id BIGINT NOT NULL,
  code TEXT,
  audio TEXT,
  duration INTEGER,
  plays BIGINT,
  likes BIGINT,
  comments BIGINT,
  scraped_at TIMESTAMPTZ,
  created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  updated_at TIMESTAMPTZ
);

-- As they came, one with each slow page; some serve nothing that another does not.
CREATE INDEX idx_posts_workspace_id ON social.posts (workspace_id);
CREATE INDEX idx_posts_team ON social.posts (team);
CREATE INDEX idx_posts_user_id ON social.posts (user_id);
CREATE INDEX idx_posts_status ON social.posts (status);
CREATE INDEX idx_posts_scheduled_at ON social.posts (scheduled_at);
CREATE INDEX idx_posts_published_at ON social.posts (published_at);
CREATE INDEX idx_posts_created_at ON social.posts (created_at);
CREATE INDEX idx_post_analytics_post_id ON social.post_analytics (post_id);
CREATE INDEX idx_post_analytics_post_id_stat_day ON social.post_analytics (post_id, stat_day);
CREATE INDEX idx_post_analytics_stat_day ON social.post_analytics (stat_day);
CREATE INDEX idx_account_analytics_account_id ON social.account_analytics (account_id);
CREATE INDEX idx_account_analytics_day ON social.account_analytics (day);
CREATE INDEX idx_daily_stats_entity_id ON social.daily_stats (entity_id);
CREATE INDEX idx_daily_stats_entity_type_entity_id_stat_date
  ON social.daily_stats (entity_type, entity_id, stat_date);
CREATE INDEX idx_daily_stats_stat_date ON social.daily_stats (stat_date);
CREATE INDEX idx_instagramreelsscraper_post_id ON social.instagramreelsscraper (post_id);
CREATE INDEX idx_instagramreelsscraper_scraped_at ON social.instagramreelsscraper (scraped_at);
CREATE INDEX idx_instagramreelsscraper_duplicate_post_id ON social.instagramreelsscraper_duplicate (post_id);
