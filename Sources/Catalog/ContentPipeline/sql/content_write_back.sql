-- name: content_write_back
-- takes: $1 bigint[] (decisions, which the caller has locked in an earlier statement)
-- gives: written bigint
-- why: the old rows that the new rows stand for, where there are none or others; counts the rows inserted, updated and
--      deleted. Column by column: where the sources come to another value than the new row has, the latest row of each
--      source that is not at fault gets the new value; all other values stay, also those that lost. A part that differs
--      gets a row in its main table (content_metadata, posted_decisions, outcomes), whose latest row is mended if it is
--      at fault. Where there is no new row, the old rows that would map are deleted. Decisions whose mapping is right
--      are not touched. Joins of materialized parts are FULL JOINs, as in content_expected_rows.

WITH refused (table_name, id) AS (SELECT NULL::text, NULL::bigint WHERE false),
-- include: content_mapped_rows
queue_now AS MATERIALIZED (
  SELECT
    n.decision_id, n.content, n.status, n.scheduled_at, n.generator_name, n.topic, n.angle, n.tone, n.visual_format
  FROM content.content_queue n
  WHERE n.decision_id = ANY($1::bigint[])
),
queue_before AS MATERIALIZED (
  -- what the old rows come to, complete or not
  SELECT
    m.decision_id, m.kept_content, m.kept_status, m.kept_scheduled_at, m.kept_generator_name, m.kept_topic,
    m.kept_angle, m.kept_tone, m.kept_visual_format
  FROM queue_mapped m
  WHERE m.number = 1 AND m.place IS NOT NULL
),
queue_parts AS MATERIALIZED (
  SELECT
    COALESCE(n.decision_id, b.decision_id) AS decision_id,
    n.decision_id IS NOT NULL AS is_new,
    b.kept_content IS NOT NULL AND b.kept_status IS NOT NULL AS is_complete,
    n.content, n.status, n.scheduled_at, n.generator_name, n.topic, n.angle, n.tone, n.visual_format,
    n.content IS DISTINCT FROM b.kept_content AS content_differs,
    n.status IS DISTINCT FROM b.kept_status AS status_differs,
    n.scheduled_at IS DISTINCT FROM b.kept_scheduled_at AS scheduled_at_differs,
    n.generator_name IS DISTINCT FROM b.kept_generator_name AS generator_name_differs,
    n.topic IS DISTINCT FROM b.kept_topic AS topic_differs,
    n.angle IS DISTINCT FROM b.kept_angle AS angle_differs,
    n.tone IS DISTINCT FROM b.kept_tone AS tone_differs,
    n.visual_format IS DISTINCT FROM b.kept_visual_format AS visual_format_differs
  FROM queue_now n
  FULL JOIN queue_before b ON b.decision_id = n.decision_id
),
queue_beside AS MATERIALIZED (
  SELECT
    m.table_name, m.id, m.place, p.decision_id, p.is_new, p.is_complete,
    p.content, p.status, p.scheduled_at, p.generator_name, p.topic, p.angle, p.tone, p.visual_format,
    p.content_differs, p.status_differs, p.scheduled_at_differs, p.generator_name_differs, p.topic_differs,
    p.angle_differs, p.tone_differs, p.visual_format_differs
  FROM (
    SELECT q.table_name, q.id, q.decision_id, q.place
    FROM queue_mapped q
    WHERE q.reason IS DISTINCT FROM 'older_duplicate') m
  FULL JOIN queue_parts p ON p.decision_id = m.decision_id
),
queue_writes AS MATERIALIZED (
  SELECT
    b.table_name, b.id, b.place, b.decision_id,
    b.content, b.status, b.scheduled_at, b.generator_name, b.topic, b.angle, b.tone, b.visual_format,
    b.content_differs, b.status_differs, b.scheduled_at_differs, b.generator_name_differs, b.topic_differs,
    b.angle_differs, b.tone_differs, b.visual_format_differs,
    b.is_new AND (b.content_differs OR b.status_differs OR b.scheduled_at_differs OR b.generator_name_differs
      OR b.topic_differs OR b.angle_differs OR b.tone_differs OR b.visual_format_differs) AS is_wrong,
    NOT b.is_new AND b.is_complete AS is_over
  FROM queue_beside b
),
changed_content_metadata AS (
  UPDATE content.content_metadata t SET
    content = CASE WHEN w.content_differs OR w.place IS NULL THEN w.content ELSE t.content END,
    status = CASE WHEN w.status_differs OR w.place IS NULL THEN w.status ELSE t.status END,
    scheduled_at = CASE WHEN w.scheduled_at_differs OR w.place IS NULL THEN w.scheduled_at ELSE t.scheduled_at END,
    generator_name = CASE WHEN w.generator_name_differs OR w.place IS NULL
      THEN w.generator_name ELSE t.generator_name END,
    topic = CASE WHEN w.topic_differs OR w.place IS NULL THEN w.topic ELSE t.topic END,
    angle = CASE WHEN w.angle_differs OR w.place IS NULL THEN w.angle ELSE t.angle END,
    tone = CASE WHEN w.tone_differs OR w.place IS NULL THEN w.tone ELSE t.tone END,
    visual_format = CASE WHEN w.visual_format_differs OR w.place IS NULL THEN w.visual_format ELSE t.visual_format END
  FROM queue_writes w
  WHERE w.table_name = 'content_metadata' AND w.is_wrong
    AND t.id = w.id
  RETURNING 1
),
changed_content_generation_metadata_comprehensive AS (
  UPDATE content.content_generation_metadata_comprehensive t SET
    content_text = CASE WHEN w.content_differs THEN w.content ELSE t.content_text END,
    generation_status = CASE WHEN w.status_differs THEN w.status ELSE t.generation_status END,
    scheduled_for = CASE WHEN w.scheduled_at_differs THEN w.scheduled_at ELSE t.scheduled_for END,
    generator_used = CASE WHEN w.generator_name_differs THEN w.generator_name ELSE t.generator_used END,
    topic = CASE WHEN w.topic_differs THEN w.topic ELSE t.topic END,
    angle = CASE WHEN w.angle_differs THEN w.angle ELSE t.angle END,
    tone = CASE WHEN w.tone_differs THEN w.tone ELSE t.tone END,
    visual_format = CASE WHEN w.visual_format_differs THEN w.visual_format ELSE t.visual_format END
  FROM queue_writes w
  WHERE w.table_name = 'content_generation_metadata_comprehensive' AND w.is_wrong AND w.place IS NOT NULL
    AND t.id = w.id
  RETURNING 1
),
new_content_metadata AS (
  INSERT INTO content.content_metadata (
    decision_id, content, status, scheduled_at, generator_name, topic, angle, tone, visual_format)
  SELECT DISTINCT
    w.decision_id, w.content, w.status, w.scheduled_at, w.generator_name, w.topic, w.angle, w.tone, w.visual_format
  FROM queue_writes w
  WHERE w.is_wrong
    AND w.decision_id NOT IN (
      SELECT k.decision_id FROM queue_writes k WHERE k.table_name = 'content_metadata' AND k.decision_id IS NOT NULL)
  RETURNING 1
),
gone_content_metadata AS (
  DELETE FROM content.content_metadata t
  USING queue_writes w
  WHERE w.table_name = 'content_metadata' AND w.is_over AND w.place IS NOT NULL
    AND t.decision_id = w.decision_id
  RETURNING 1
),
gone_content_generation_metadata_comprehensive AS (
  DELETE FROM content.content_generation_metadata_comprehensive t
  USING queue_writes w
  WHERE w.table_name = 'content_generation_metadata_comprehensive' AND w.is_over AND w.place IS NOT NULL
    AND t.decision_id = w.decision_id
  RETURNING 1
),
posted_now AS MATERIALIZED (
  SELECT
    n.decision_id, n.tweet_id, n.content, n.posted_at, n.generator_name, n.topic, n.angle
  FROM content.posted_content n
  WHERE n.decision_id = ANY($1::bigint[])
),
posted_before AS MATERIALIZED (
  SELECT
    m.decision_id, m.reason, m.kept_tweet_id, m.kept_content, m.kept_posted_at, m.kept_generator_name, m.kept_topic,
    m.kept_angle
  FROM posted_mapped m
  WHERE m.number = 1 AND m.place IS NOT NULL
),
posted_parts AS MATERIALIZED (
  -- beside the queue row that will be
  SELECT
    COALESCE(n.decision_id, b.decision_id, q.decision_id) AS decision_id,
    n.decision_id IS NOT NULL AS is_new,
    b.kept_tweet_id IS NOT NULL AND b.kept_posted_at IS NOT NULL
      AND (q.decision_id IS NOT NULL OR b.reason IS NULL) AS is_complete,
    n.tweet_id, n.content, n.posted_at, n.generator_name, n.topic, n.angle,
    n.tweet_id IS DISTINCT FROM b.kept_tweet_id AS tweet_id_differs,
    n.content IS DISTINCT FROM b.kept_content AS content_differs,
    n.posted_at IS DISTINCT FROM b.kept_posted_at AS posted_at_differs,
    n.generator_name IS DISTINCT FROM NULLIF(COALESCE(b.kept_generator_name, q.generator_name), '')
      AS generator_name_differs,
    n.topic IS DISTINCT FROM NULLIF(COALESCE(b.kept_topic, q.topic), '') AS topic_differs,
    n.angle IS DISTINCT FROM NULLIF(COALESCE(b.kept_angle, q.angle), '') AS angle_differs
  FROM posted_now n
  FULL JOIN posted_before b ON b.decision_id = n.decision_id
  FULL JOIN queue_now q ON q.decision_id = COALESCE(n.decision_id, b.decision_id)
),
posted_beside AS MATERIALIZED (
  SELECT
    m.table_name, m.id, m.place, p.decision_id, p.is_new, p.is_complete,
    p.tweet_id, p.content, p.posted_at, p.generator_name, p.topic, p.angle, p.tweet_id_differs, p.content_differs,
    p.posted_at_differs, p.generator_name_differs, p.topic_differs, p.angle_differs
  FROM (
    SELECT q.table_name, q.id, q.decision_id, q.place
    FROM posted_mapped q
    WHERE q.reason IS DISTINCT FROM 'older_duplicate') m
  FULL JOIN posted_parts p ON p.decision_id = m.decision_id
),
posted_writes AS MATERIALIZED (
  SELECT
    b.table_name, b.id, b.place, b.decision_id,
    b.tweet_id, b.content, b.posted_at, b.generator_name, b.topic, b.angle, b.tweet_id_differs, b.content_differs,
    b.posted_at_differs, b.generator_name_differs, b.topic_differs, b.angle_differs,
    b.is_new AND (b.tweet_id_differs OR b.content_differs OR b.posted_at_differs
      OR b.generator_name_differs OR b.topic_differs OR b.angle_differs) AS is_wrong,
    NOT b.is_new AND b.is_complete AS is_over
  FROM posted_beside b
),
changed_posted_decisions AS (
  UPDATE content.posted_decisions t SET
    tweet_id = CASE WHEN w.tweet_id_differs OR w.place IS NULL THEN w.tweet_id ELSE t.tweet_id END,
    content = CASE WHEN w.content_differs OR w.place IS NULL THEN w.content ELSE t.content END,
    posted_at = CASE WHEN w.posted_at_differs OR w.place IS NULL THEN w.posted_at ELSE t.posted_at END,
    generator_name = CASE WHEN w.generator_name_differs OR w.place IS NULL
      THEN COALESCE(w.generator_name, '') ELSE t.generator_name END,
    topic = CASE WHEN w.topic_differs OR w.place IS NULL THEN COALESCE(w.topic, '') ELSE t.topic END,
    angle = CASE WHEN w.angle_differs OR w.place IS NULL THEN COALESCE(w.angle, '') ELSE t.angle END
  FROM posted_writes w
  WHERE w.table_name = 'posted_decisions' AND w.is_wrong
    AND t.id = w.id
  RETURNING 1
),
changed_tweets AS (
  UPDATE content.tweets t SET
    tweet_id = CASE WHEN w.tweet_id_differs THEN w.tweet_id ELSE t.tweet_id END,
    text = CASE WHEN w.content_differs THEN w.content ELSE t.text END,
    posted_at = CASE WHEN w.posted_at_differs THEN w.posted_at ELSE t.posted_at END,
    generator = CASE WHEN w.generator_name_differs THEN COALESCE(w.generator_name, '') ELSE t.generator END
  FROM posted_writes w
  WHERE w.table_name = 'tweets' AND w.is_wrong AND w.place IS NOT NULL
    AND t.id = w.id
  RETURNING 1
),
changed_posts AS (
  UPDATE content.posts t SET
    post_id = CASE WHEN w.tweet_id_differs THEN w.tweet_id ELSE t.post_id END,
    body = CASE WHEN w.content_differs THEN w.content ELSE t.body END,
    published_at = CASE WHEN w.posted_at_differs THEN w.posted_at ELSE t.published_at END,
    topic = CASE WHEN w.topic_differs THEN COALESCE(w.topic, '') ELSE t.topic END,
    angle = CASE WHEN w.angle_differs THEN COALESCE(w.angle, '') ELSE t.angle END
  FROM posted_writes w
  WHERE w.table_name = 'posts' AND w.is_wrong AND w.place IS NOT NULL
    AND t.id = w.id
  RETURNING 1
),
new_posted_decisions AS (
  INSERT INTO content.posted_decisions (
    decision_id, tweet_id, content, posted_at, generator_name, topic, angle)
  SELECT DISTINCT
    w.decision_id, w.tweet_id, w.content, w.posted_at, COALESCE(w.generator_name, ''), COALESCE(w.topic, ''),
    COALESCE(w.angle, '')
  FROM posted_writes w
  WHERE w.is_wrong
    AND w.decision_id NOT IN (
      SELECT k.decision_id FROM posted_writes k WHERE k.table_name = 'posted_decisions' AND k.decision_id IS NOT NULL)
  RETURNING 1
),
gone_posted_decisions AS (
  DELETE FROM content.posted_decisions t
  USING posted_writes w
  WHERE w.table_name = 'posted_decisions' AND w.is_over AND w.place IS NOT NULL
    AND t.decision_id = w.decision_id
  RETURNING 1
),
gone_tweets AS (
  DELETE FROM content.tweets t
  USING posted_writes w
  WHERE w.table_name = 'tweets' AND w.is_over AND w.place IS NOT NULL
    AND t.decision_id = w.decision_id
  RETURNING 1
),
gone_posts AS (
  DELETE FROM content.posts t
  USING posted_writes w
  WHERE w.table_name = 'posts' AND w.is_over AND w.place IS NOT NULL
    AND t.decision_id = w.decision_id
  RETURNING 1
),
metric_now AS MATERIALIZED (
  SELECT
    n.decision_id, n.collected_at, n.tweet_id, n.likes, n.retweets, n.views, n.collected_pass, n.engagement_rate
  FROM content.engagement_metrics n
  WHERE n.decision_id = ANY($1::bigint[])
),
metric_before AS MATERIALIZED (
  SELECT
    m.decision_id, m.collected_at, m.reason, m.kept_tweet_id, m.kept_likes, m.kept_retweets, m.kept_views,
    m.kept_collected_pass, m.kept_rate
  FROM metric_mapped m
  WHERE m.number = 1 AND m.place IS NOT NULL
),
metric_parts AS MATERIALIZED (
  -- beside the posted row that will be; a rate that is derived is derived from the counts that will be
  SELECT
    COALESCE(n.decision_id, b.decision_id, p.decision_id) AS decision_id,
    COALESCE(n.collected_at, b.collected_at) AS collected_at,
    n.decision_id IS NOT NULL AS is_new,
    b.decision_id IS NOT NULL AND (p.decision_id IS NOT NULL OR b.reason IS NULL) AS is_complete,
    n.tweet_id, n.likes, n.retweets, n.views, n.collected_pass, n.engagement_rate,
    n.tweet_id IS DISTINCT FROM COALESCE(b.kept_tweet_id, p.tweet_id) AS tweet_id_differs,
    n.likes IS DISTINCT FROM b.kept_likes AS likes_differs,
    n.retweets IS DISTINCT FROM b.kept_retweets AS retweets_differs,
    n.views IS DISTINCT FROM b.kept_views AS views_differs,
    n.collected_pass IS DISTINCT FROM COALESCE(b.kept_collected_pass, CASE
      WHEN n.collected_at - p.posted_at >= INTERVAL '7 days' THEN 'T+7d'
      WHEN n.collected_at - p.posted_at >= INTERVAL '24 hours' THEN 'T+24h'
      ELSE 'T+1h' END) AS collected_pass_differs,
    n.engagement_rate IS DISTINCT FROM COALESCE(b.kept_rate, CASE
      WHEN n.views > 0 AND ROUND((n.likes::numeric + n.retweets) / NULLIF(n.views, 0), 4) < 1000
        THEN ROUND((n.likes::numeric + n.retweets) / NULLIF(n.views, 0), 4) END) AS engagement_rate_differs
  FROM metric_now n
  FULL JOIN metric_before b ON b.decision_id = n.decision_id AND b.collected_at = n.collected_at
  FULL JOIN posted_now p ON p.decision_id = COALESCE(n.decision_id, b.decision_id)
),
metric_beside AS MATERIALIZED (
  SELECT
    m.table_name, m.id, m.place, p.decision_id, p.collected_at, p.is_new, p.is_complete,
    p.tweet_id, p.likes, p.retweets, p.views, p.collected_pass, p.engagement_rate, p.tweet_id_differs,
    p.likes_differs, p.retweets_differs, p.views_differs, p.collected_pass_differs, p.engagement_rate_differs
  FROM (
    SELECT q.table_name, q.id, q.decision_id, q.collected_at, q.place
    FROM metric_mapped q
    WHERE q.reason IS DISTINCT FROM 'older_duplicate' AND q.collected_at IS NOT NULL) m
  FULL JOIN metric_parts p ON p.decision_id = m.decision_id AND p.collected_at = m.collected_at
),
metric_writes AS MATERIALIZED (
  SELECT
    b.table_name, b.id, b.place, b.decision_id, b.collected_at,
    b.tweet_id, b.likes, b.retweets, b.views, b.collected_pass, b.engagement_rate, b.tweet_id_differs,
    b.likes_differs, b.retweets_differs, b.views_differs, b.collected_pass_differs, b.engagement_rate_differs,
    b.is_new AND (b.tweet_id_differs OR b.likes_differs OR b.retweets_differs OR b.views_differs
      OR b.collected_pass_differs OR b.engagement_rate_differs) AS is_wrong,
    NOT b.is_new AND b.is_complete AS is_over
  FROM metric_beside b
),
changed_outcomes AS (
  UPDATE content.outcomes t SET
    tweet_id = CASE WHEN w.tweet_id_differs OR w.place IS NULL THEN w.tweet_id ELSE t.tweet_id END,
    likes = CASE WHEN w.likes_differs OR w.place IS NULL THEN w.likes ELSE t.likes END,
    retweets = CASE WHEN w.retweets_differs OR w.place IS NULL THEN w.retweets ELSE t.retweets END,
    views = CASE WHEN w.views_differs OR w.place IS NULL THEN w.views ELSE t.views END,
    collected_pass = CASE WHEN w.collected_pass_differs OR w.place IS NULL
      THEN w.collected_pass ELSE t.collected_pass END,
    engagement_rate = CASE WHEN w.engagement_rate_differs OR w.place IS NULL
      THEN w.engagement_rate ELSE t.engagement_rate END
  FROM metric_writes w
  WHERE w.table_name = 'outcomes' AND w.is_wrong
    AND t.id = w.id
  RETURNING 1
),
changed_real_tweet_metrics AS (
  UPDATE content.real_tweet_metrics t SET
    tweet_id = CASE WHEN w.tweet_id_differs THEN w.tweet_id ELSE t.tweet_id END,
    likes_count = CASE WHEN w.likes_differs THEN w.likes ELSE t.likes_count END,
    retweets_count = CASE WHEN w.retweets_differs THEN w.retweets ELSE t.retweets_count END,
    impressions = CASE WHEN w.views_differs THEN w.views ELSE t.impressions END,
    collection_phase = CASE WHEN w.collected_pass_differs THEN w.collected_pass ELSE t.collection_phase END,
    engagement_rate = CASE WHEN w.engagement_rate_differs THEN w.engagement_rate ELSE t.engagement_rate END
  FROM metric_writes w
  WHERE w.table_name = 'real_tweet_metrics' AND w.is_wrong AND w.place IS NOT NULL
    AND t.id = w.id
  RETURNING 1
),
changed_tweet_analytics AS (
  UPDATE content.tweet_analytics t SET
    tweet_id = CASE WHEN w.tweet_id_differs THEN w.tweet_id ELSE t.tweet_id END,
    likes = CASE WHEN w.likes_differs THEN w.likes ELSE t.likes END,
    retweets = CASE WHEN w.retweets_differs THEN w.retweets ELSE t.retweets END,
    impressions = CASE WHEN w.views_differs THEN w.views ELSE t.impressions END,
    engagement_rate = CASE WHEN w.engagement_rate_differs THEN w.engagement_rate ELSE t.engagement_rate END
  FROM metric_writes w
  WHERE w.table_name = 'tweet_analytics' AND w.is_wrong AND w.place IS NOT NULL
    AND t.id = w.id
  RETURNING 1
),
changed_tweet_metrics AS (
  UPDATE content.tweet_metrics t SET
    tweet_id = CASE WHEN w.tweet_id_differs THEN w.tweet_id ELSE t.tweet_id END,
    likes_count = CASE WHEN w.likes_differs THEN w.likes ELSE t.likes_count END,
    retweets_count = CASE WHEN w.retweets_differs THEN w.retweets ELSE t.retweets_count END,
    views_count = CASE WHEN w.views_differs THEN w.views ELSE t.views_count END,
    collection_phase = CASE WHEN w.collected_pass_differs THEN w.collected_pass ELSE t.collection_phase END
  FROM metric_writes w
  WHERE w.table_name = 'tweet_metrics' AND w.is_wrong AND w.place IS NOT NULL
    AND t.id = w.id
  RETURNING 1
),
new_outcomes AS (
  INSERT INTO content.outcomes (
    decision_id, tweet_id, likes, retweets, views, engagement_rate, collected_pass, collected_at)
  SELECT DISTINCT
    w.decision_id, w.tweet_id, w.likes, w.retweets, w.views, w.engagement_rate, w.collected_pass, w.collected_at
  FROM metric_writes w
  WHERE w.is_wrong
    AND (w.decision_id, w.collected_at) NOT IN (
      SELECT k.decision_id, k.collected_at FROM metric_writes k
      WHERE k.table_name = 'outcomes' AND k.decision_id IS NOT NULL)
  RETURNING 1
),
gone_outcomes AS (
  DELETE FROM content.outcomes t
  USING metric_writes w
  WHERE w.table_name = 'outcomes' AND w.is_over AND w.place IS NOT NULL
    AND t.decision_id = w.decision_id AND t.collected_at = w.collected_at
  RETURNING 1
),
gone_real_tweet_metrics AS (
  DELETE FROM content.real_tweet_metrics t
  USING metric_writes w
  WHERE w.table_name = 'real_tweet_metrics' AND w.is_over AND w.place IS NOT NULL
    AND t.decision_id = w.decision_id AND t.collected_at = w.collected_at
  RETURNING 1
),
gone_tweet_analytics AS (
  DELETE FROM content.tweet_analytics t
  USING metric_writes w
  WHERE w.table_name = 'tweet_analytics' AND w.is_over AND w.place IS NOT NULL
    AND t.decision_id = w.decision_id AND t.captured_at = w.collected_at
  RETURNING 1
),
gone_tweet_metrics AS (
  DELETE FROM content.tweet_metrics t
  USING metric_writes w
  WHERE w.table_name = 'tweet_metrics' AND w.is_over AND w.place IS NOT NULL
    AND t.decision_id = w.decision_id AND t.captured_at = w.collected_at
  RETURNING 1
)
SELECT
  (SELECT COUNT(*) FROM changed_content_metadata)
    + (SELECT COUNT(*) FROM gone_content_metadata)
    + (SELECT COUNT(*) FROM changed_content_generation_metadata_comprehensive)
    + (SELECT COUNT(*) FROM gone_content_generation_metadata_comprehensive)
    + (SELECT COUNT(*) FROM changed_posted_decisions)
    + (SELECT COUNT(*) FROM gone_posted_decisions)
    + (SELECT COUNT(*) FROM changed_tweets)
    + (SELECT COUNT(*) FROM gone_tweets)
    + (SELECT COUNT(*) FROM changed_posts)
    + (SELECT COUNT(*) FROM gone_posts)
    + (SELECT COUNT(*) FROM changed_outcomes)
    + (SELECT COUNT(*) FROM gone_outcomes)
    + (SELECT COUNT(*) FROM changed_real_tweet_metrics)
    + (SELECT COUNT(*) FROM gone_real_tweet_metrics)
    + (SELECT COUNT(*) FROM changed_tweet_analytics)
    + (SELECT COUNT(*) FROM gone_tweet_analytics)
    + (SELECT COUNT(*) FROM changed_tweet_metrics)
    + (SELECT COUNT(*) FROM gone_tweet_metrics)
    + (SELECT COUNT(*) FROM new_content_metadata)
    + (SELECT COUNT(*) FROM new_posted_decisions)
    + (SELECT COUNT(*) FROM new_outcomes) AS written
