-- name: content_remove_new
-- takes: nothing
-- why: takes away what content_new_schema and content_compatibility made, and nothing else: without CASCADE, since what a
--      user has built on it must stop it.

-- An archive that was interrupted leaves them.
DROP VIEW IF EXISTS content.content_metadata_compatibility_view;
DROP VIEW IF EXISTS content.content_generation_metadata_comprehensive_compatibility_view;
DROP VIEW IF EXISTS content.posted_decisions_compatibility_view;
DROP VIEW IF EXISTS content.tweets_compatibility_view;
DROP VIEW IF EXISTS content.posts_compatibility_view;
DROP VIEW IF EXISTS content.outcomes_compatibility_view;
DROP VIEW IF EXISTS content.real_tweet_metrics_compatibility_view;
DROP VIEW IF EXISTS content.tweet_analytics_compatibility_view;
DROP VIEW IF EXISTS content.tweet_metrics_compatibility_view;
DROP TABLE IF EXISTS content.content_compatibility_sources;
DROP TABLE content.content_disagreements, content.engagement_metrics, content.posted_content, content.content_queue;
DROP FUNCTION content.content_fill_engagement_rate();
DROP FUNCTION IF EXISTS
  content.content_compatibility(), content.content_compatibility_put(text, bigint, timestamptz, text, jsonb, boolean),
  content.content_compatibility_merge(text, bigint, timestamptz, jsonb), content.content_compatibility_set(jsonb, text, text),
  content.content_compatibility_rate(jsonb), content.content_compatibility_row(text, bigint, timestamptz),
  content.content_compatibility_said(jsonb, text[]), content.content_compatibility_order();
