-- name: content_remove_new
-- takes: nothing
-- why: takes away what content_new_schema and content_stand_in made, and nothing else: without CASCADE, since what a
--      user has built on it must stop it.

-- An archive that was interrupted leaves them.
DROP VIEW IF EXISTS content.content_metadata_stand_in;
DROP VIEW IF EXISTS content.content_generation_metadata_comprehensive_stand_in;
DROP VIEW IF EXISTS content.posted_decisions_stand_in;
DROP VIEW IF EXISTS content.tweets_stand_in;
DROP VIEW IF EXISTS content.posts_stand_in;
DROP VIEW IF EXISTS content.outcomes_stand_in;
DROP VIEW IF EXISTS content.real_tweet_metrics_stand_in;
DROP VIEW IF EXISTS content.tweet_analytics_stand_in;
DROP VIEW IF EXISTS content.tweet_metrics_stand_in;
DROP TABLE IF EXISTS content.content_stand_in_sources;
DROP TABLE content.content_disagreements, content.engagement_metrics, content.posted_content, content.content_queue;
DROP FUNCTION content.content_fill_engagement_rate();
DROP FUNCTION IF EXISTS
  content.content_stand_in(), content.content_stand_in_put(text, bigint, timestamptz, text, jsonb, boolean),
  content.content_stand_in_merge(text, bigint, timestamptz, jsonb), content.content_stand_in_set(jsonb, text, text),
  content.content_stand_in_rate(jsonb), content.content_stand_in_row(text, bigint, timestamptz),
  content.content_stand_in_said(jsonb, text[]), content.content_stand_in_order();

DELETE FROM switchyard.repair_queue WHERE migration = 'content-pipeline';
