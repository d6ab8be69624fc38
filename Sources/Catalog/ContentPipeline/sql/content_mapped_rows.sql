-- name: content_mapped_rows
-- takes: $1 bigint[] (decisions); `refused (table_name, id)` stands before it
-- gives: judged (table_name text, id bigint, key bigint, reason text, is_skipped boolean), and the rows that the new
--        tables should have: expected_content_queue, expected_posted_content, expected_engagement_metrics,
--        expected_content_disagreements
-- why: a part of other statements: what the old rows of these decisions become (README.md). No CTE is joined to
--      another one: what rows of one decision have to know of each other they see through windows, so a plan made for
--      few rows is good for many. `place` numbers the sources of a new row; a row at fault has none.

queue_rows AS (
  SELECT
    'content_metadata'::text AS table_name, 1 AS source, m.id, m.decision_id, m.content,
    lower(btrim(m.status, E' \t\r\n') COLLATE "C") COLLATE "default" AS status,
    m.scheduled_at, m.generator_name, m.topic, m.angle, m.tone, m.visual_format,
    row_number() OVER (
      PARTITION BY m.decision_id ORDER BY GREATEST(m.created_at, m.updated_at) DESC, m.id DESC) AS age
  FROM content.content_metadata m
  WHERE m.decision_id = ANY($1::bigint[])
  UNION ALL
  SELECT
    'content_generation_metadata_comprehensive', 2, g.id, g.decision_id, g.content_text,
    lower(btrim(g.generation_status, E' \t\r\n') COLLATE "C") COLLATE "default",
    g.scheduled_for, g.generator_used, g.topic, g.angle, g.tone, g.visual_format,
    row_number() OVER (
      PARTITION BY g.decision_id ORDER BY GREATEST(g.created_at, g.updated_at) DESC, g.id DESC)
  FROM content.content_generation_metadata_comprehensive g
  WHERE g.decision_id = ANY($1::bigint[])
),
queue_judged AS (
  -- what is wrong with a row by itself
  SELECT
    q.table_name, q.source, q.id, q.decision_id, q.content, q.status, q.scheduled_at, q.generator_name, q.topic,
    q.angle, q.tone, q.visual_format,
    CASE
      WHEN q.age > 1 THEN 'older_duplicate'
      WHEN q.status NOT IN ('draft', 'queued', 'scheduled', 'posting', 'posted', 'failed', 'cancelled')
        THEN 'bad_status'
      WHEN q.scheduled_at < '0001-01-01 00:00:00+00' OR q.scheduled_at >= '10000-01-01 00:00:00+00' THEN 'overflow'
      WHEN (q.table_name, q.id) IN (SELECT r.table_name, r.id FROM refused r) THEN 'refused'
    END AS fault
  FROM queue_rows q
),
queue_placed AS (
  SELECT
    j.table_name, j.id, j.decision_id, j.content, j.status, j.scheduled_at, j.generator_name, j.topic, j.angle, j.tone,
    j.visual_format, j.fault,
    CASE WHEN j.fault IS NULL THEN j.source END AS place
  FROM queue_judged j
),
queue_merged AS (
  -- each source beside the values that won; a decision has one row of each place
  SELECT
    p.table_name, p.id, p.decision_id, p.content, p.status, p.scheduled_at, p.generator_name, p.topic, p.angle, p.tone,
    p.visual_format, p.fault, p.place,
    row_number() OVER (PARTITION BY p.decision_id ORDER BY p.place) AS number,
    COALESCE(max(p.content) FILTER (WHERE p.place = 1) OVER decision,
      max(p.content) FILTER (WHERE p.place = 2) OVER decision) AS kept_content,
    COALESCE(max(p.status) FILTER (WHERE p.place = 1) OVER decision,
      max(p.status) FILTER (WHERE p.place = 2) OVER decision) AS kept_status,
    COALESCE(max(p.scheduled_at) FILTER (WHERE p.place = 1) OVER decision,
      max(p.scheduled_at) FILTER (WHERE p.place = 2) OVER decision) AS kept_scheduled_at,
    COALESCE(max(p.generator_name) FILTER (WHERE p.place = 2) OVER decision,
      max(p.generator_name) FILTER (WHERE p.place = 1) OVER decision) AS kept_generator_name,
    COALESCE(max(p.topic) FILTER (WHERE p.place = 2) OVER decision,
      max(p.topic) FILTER (WHERE p.place = 1) OVER decision) AS kept_topic,
    COALESCE(max(p.angle) FILTER (WHERE p.place = 2) OVER decision,
      max(p.angle) FILTER (WHERE p.place = 1) OVER decision) AS kept_angle,
    COALESCE(max(p.tone) FILTER (WHERE p.place = 2) OVER decision,
      max(p.tone) FILTER (WHERE p.place = 1) OVER decision) AS kept_tone,
    COALESCE(max(p.visual_format) FILTER (WHERE p.place = 2) OVER decision,
      max(p.visual_format) FILTER (WHERE p.place = 1) OVER decision) AS kept_visual_format
  FROM queue_placed p
  WINDOW decision AS (PARTITION BY p.decision_id)
),
queue_mapped AS MATERIALIZED (
  SELECT
    m.table_name, m.id, m.decision_id, m.content, m.status, m.scheduled_at, m.generator_name, m.topic, m.angle, m.tone,
    m.visual_format, m.place, m.number, m.kept_content, m.kept_status, m.kept_scheduled_at, m.kept_generator_name,
    m.kept_topic, m.kept_angle, m.kept_tone, m.kept_visual_format,
    CASE
      WHEN m.fault IS NOT NULL THEN m.fault
      WHEN m.kept_content IS NULL OR m.kept_status IS NULL THEN 'incomplete'
    END AS reason,
    m.content <> m.kept_content IS TRUE
      OR m.status <> m.kept_status IS TRUE
      OR m.scheduled_at <> m.kept_scheduled_at IS TRUE
      OR m.generator_name <> m.kept_generator_name IS TRUE
      OR m.topic <> m.kept_topic IS TRUE
      OR m.angle <> m.kept_angle IS TRUE
      OR m.tone <> m.kept_tone IS TRUE
      OR m.visual_format <> m.kept_visual_format IS TRUE AS disagrees
  FROM queue_merged m
),
expected_content_queue AS MATERIALIZED (
  SELECT
    m.decision_id,
    m.kept_content AS content,
    m.kept_status AS status,
    m.kept_scheduled_at AS scheduled_at,
    m.kept_generator_name AS generator_name,
    m.kept_topic AS topic,
    m.kept_angle AS angle,
    m.kept_tone AS tone,
    m.kept_visual_format AS visual_format
  FROM queue_mapped m
  WHERE m.number = 1 AND m.reason IS NULL
),
posted_rows AS (
  SELECT
    'posted_decisions'::text AS table_name, 1 AS source, d.id, d.decision_id, d.tweet_id, d.content, d.posted_at,
    d.generator_name, d.topic, d.angle,
    row_number() OVER (PARTITION BY d.decision_id ORDER BY d.created_at DESC, d.id DESC) AS age
  FROM content.posted_decisions d
  WHERE d.decision_id = ANY($1::bigint[])
  UNION ALL
  SELECT
    'tweets', 2, t.id, t.decision_id, t.tweet_id, t.text, t.posted_at, t.generator, NULL, NULL,
    row_number() OVER (
      PARTITION BY t.decision_id ORDER BY GREATEST(t.created_at, t.updated_at) DESC, t.id DESC)
  FROM content.tweets t
  WHERE t.decision_id = ANY($1::bigint[])
  UNION ALL
  SELECT
    'posts', 3, p.id, p.decision_id, p.post_id, p.body, p.published_at, NULL, p.topic, p.angle,
    row_number() OVER (PARTITION BY p.decision_id ORDER BY p.created_at DESC, p.id DESC)
  FROM content.posts p
  WHERE p.decision_id = ANY($1::bigint[])
),
posted_judged AS (
  SELECT
    p.table_name, p.source, p.id, p.decision_id, p.tweet_id, p.content, p.posted_at, p.generator_name, p.topic,
    p.angle,
    CASE
      WHEN p.age > 1 THEN 'older_duplicate'
      WHEN p.posted_at < '0001-01-01 00:00:00+00' OR p.posted_at >= '10000-01-01 00:00:00+00' THEN 'overflow'
      WHEN (p.table_name, p.id) IN (SELECT r.table_name, r.id FROM refused r) THEN 'refused'
    END AS fault
  FROM posted_rows p
),
posted_placed AS (
  -- and the decision's queue row, in place 0
  SELECT
    j.table_name, j.id, j.decision_id, j.tweet_id, j.content, j.posted_at, j.generator_name, j.topic, j.angle, j.fault,
    CASE WHEN j.fault IS NULL THEN j.source END AS place
  FROM posted_judged j
  UNION ALL
  SELECT NULL, NULL, q.decision_id, NULL, NULL, NULL, q.generator_name, q.topic, q.angle, NULL, 0
  FROM expected_content_queue q
),
posted_merged AS (
  SELECT
    p.table_name, p.id, p.decision_id, p.tweet_id, p.content, p.posted_at, p.generator_name, p.topic, p.angle, p.fault,
    p.place,
    row_number() OVER (PARTITION BY p.decision_id ORDER BY NULLIF(p.place, 0)) AS number,
    bool_or(p.place = 0) OVER decision IS TRUE AS has_decision,
    COALESCE(max(p.tweet_id) FILTER (WHERE p.place = 1) OVER decision,
      max(p.tweet_id) FILTER (WHERE p.place = 2) OVER decision,
      max(p.tweet_id) FILTER (WHERE p.place = 3) OVER decision) AS kept_tweet_id,
    COALESCE(max(p.content) FILTER (WHERE p.place = 1) OVER decision,
      max(p.content) FILTER (WHERE p.place = 2) OVER decision,
      max(p.content) FILTER (WHERE p.place = 3) OVER decision) AS kept_content,
    COALESCE(max(p.posted_at) FILTER (WHERE p.place = 2) OVER decision,
      max(p.posted_at) FILTER (WHERE p.place = 1) OVER decision,
      max(p.posted_at) FILTER (WHERE p.place = 3) OVER decision) AS kept_posted_at,
    COALESCE(max(p.generator_name) FILTER (WHERE p.place = 1) OVER decision,
      max(p.generator_name) FILTER (WHERE p.place = 2) OVER decision) AS kept_generator_name,
    COALESCE(max(p.topic) FILTER (WHERE p.place = 1) OVER decision,
      max(p.topic) FILTER (WHERE p.place = 3) OVER decision) AS kept_topic,
    COALESCE(max(p.angle) FILTER (WHERE p.place = 1) OVER decision,
      max(p.angle) FILTER (WHERE p.place = 3) OVER decision) AS kept_angle,
    max(p.generator_name) FILTER (WHERE p.place = 0) OVER decision AS queue_generator_name,
    max(p.topic) FILTER (WHERE p.place = 0) OVER decision AS queue_topic,
    max(p.angle) FILTER (WHERE p.place = 0) OVER decision AS queue_angle
  FROM posted_placed p
  WINDOW decision AS (PARTITION BY p.decision_id)
),
posted_mapped AS MATERIALIZED (
  SELECT
    m.table_name, m.id, m.decision_id, m.tweet_id, m.content, m.posted_at, m.generator_name, m.topic, m.angle, m.place,
    m.number, m.kept_tweet_id, m.kept_content, m.kept_posted_at, m.kept_generator_name, m.kept_topic, m.kept_angle,
    m.queue_generator_name, m.queue_topic, m.queue_angle,
    CASE
      WHEN m.fault IS NOT NULL THEN m.fault
      WHEN m.kept_tweet_id IS NULL OR m.kept_posted_at IS NULL THEN 'incomplete'
      WHEN NOT m.has_decision THEN 'no_decision'
    END AS reason,
    m.tweet_id <> m.kept_tweet_id IS TRUE
      OR m.content <> m.kept_content IS TRUE
      OR m.posted_at <> m.kept_posted_at IS TRUE
      OR m.generator_name <> m.kept_generator_name IS TRUE
      OR m.topic <> m.kept_topic IS TRUE
      OR m.angle <> m.kept_angle IS TRUE AS disagrees
  FROM posted_merged m
  WHERE m.table_name IS NOT NULL
),
expected_posted_content AS MATERIALIZED (
  -- an empty generator, topic or angle says that there is none; the queue's does not replace it
  SELECT
    m.decision_id,
    m.kept_tweet_id AS tweet_id,
    m.kept_content AS content,
    m.kept_posted_at AS posted_at,
    NULLIF(COALESCE(m.kept_generator_name, m.queue_generator_name), '') AS generator_name,
    NULLIF(COALESCE(m.kept_topic, m.queue_topic), '') AS topic,
    NULLIF(COALESCE(m.kept_angle, m.queue_angle), '') AS angle
  FROM posted_mapped m
  WHERE m.number = 1 AND m.reason IS NULL
),
metric_rows AS (
  SELECT
    'outcomes'::text AS table_name, 1 AS source, o.id, o.decision_id, o.tweet_id, o.likes, o.retweets, o.views,
    o.collected_at, lower(btrim(o.collected_pass, E' \t\r\n') COLLATE "C") AS pass, ROUND(o.engagement_rate, 4) AS rate,
    row_number() OVER (
      PARTITION BY o.decision_id, o.collected_at ORDER BY o.created_at DESC, o.id DESC) AS age
  FROM content.outcomes o
  WHERE o.decision_id = ANY($1::bigint[])
  UNION ALL
  SELECT
    'real_tweet_metrics', 2, r.id, r.decision_id, r.tweet_id, r.likes_count, r.retweets_count, r.impressions,
    r.collected_at, lower(btrim(r.collection_phase, E' \t\r\n') COLLATE "C"), ROUND(r.engagement_rate, 4),
    row_number() OVER (
      PARTITION BY r.decision_id, r.collected_at ORDER BY GREATEST(r.created_at, r.updated_at) DESC, r.id DESC)
  FROM content.real_tweet_metrics r
  WHERE r.decision_id = ANY($1::bigint[])
  UNION ALL
  SELECT
    'tweet_analytics', 3, a.id, a.decision_id, a.tweet_id, a.likes, a.retweets, a.impressions,
    a.captured_at, NULL, ROUND(a.engagement_rate, 4),
    row_number() OVER (
      PARTITION BY a.decision_id, a.captured_at ORDER BY a.created_at DESC, a.id DESC)
  FROM content.tweet_analytics a
  WHERE a.decision_id = ANY($1::bigint[])
  UNION ALL
  SELECT
    'tweet_metrics', 4, t.id, t.decision_id, t.tweet_id, t.likes_count, t.retweets_count, t.views_count,
    t.captured_at, lower(btrim(t.collection_phase, E' \t\r\n') COLLATE "C"), NULL,
    row_number() OVER (
      PARTITION BY t.decision_id, t.captured_at ORDER BY GREATEST(t.created_at, t.updated_at) DESC, t.id DESC)
  FROM content.tweet_metrics t
  WHERE t.decision_id = ANY($1::bigint[])
),
metric_judged AS (
  -- rows without a moment are no duplicates of each other
  SELECT
    r.table_name, r.source, r.id, r.decision_id, r.tweet_id, r.likes, r.retweets, r.views, r.collected_at,
    CASE r.pass WHEN 't+1h' THEN 'T+1h' WHEN 't+24h' THEN 'T+24h' WHEN 't+7d' THEN 'T+7d' END AS collected_pass,
    r.rate,
    CASE
      WHEN r.age > 1 AND r.collected_at IS NOT NULL THEN 'older_duplicate'
      WHEN r.pass NOT IN ('t+1h', 't+24h', 't+7d') THEN 'bad_pass'
      WHEN r.likes < 0 OR r.retweets < 0 OR r.views < 0 THEN 'bad_count'
      WHEN NOT r.rate BETWEEN -999.9999 AND 999.9999
        OR r.collected_at < '0001-01-01 00:00:00+00' OR r.collected_at >= '10000-01-01 00:00:00+00' THEN 'overflow'
      WHEN (r.table_name, r.id) IN (SELECT f.table_name, f.id FROM refused f) THEN 'refused'
      WHEN r.collected_at IS NULL THEN 'incomplete'
    END AS fault
  FROM metric_rows r
),
metric_placed AS (
  -- and the decision's queue row in place -1, its posted row in place 0
  SELECT
    j.table_name, j.id, j.decision_id, j.tweet_id, j.likes, j.retweets, j.views, j.collected_at, j.collected_pass,
    j.rate, NULL::timestamptz AS posted_at, j.fault,
    CASE WHEN j.fault IS NULL THEN j.source END AS place
  FROM metric_judged j
  UNION ALL
  SELECT NULL, NULL, q.decision_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, -1
  FROM expected_content_queue q
  UNION ALL
  SELECT NULL, NULL, p.decision_id, p.tweet_id, NULL, NULL, NULL, NULL, NULL, NULL, p.posted_at, NULL, 0
  FROM expected_posted_content p
),
metric_merged AS (
  SELECT
    p.table_name, p.id, p.decision_id, p.tweet_id, p.likes, p.retweets, p.views, p.collected_at, p.collected_pass,
    p.rate, p.fault, p.place,
    row_number() OVER (PARTITION BY p.decision_id, p.collected_at ORDER BY p.place) AS number,
    bool_or(p.place = -1) OVER decision IS TRUE AS has_decision,
    max(p.posted_at) OVER decision AS posted_at,
    max(p.tweet_id) FILTER (WHERE p.place = 0) OVER decision AS posted_tweet_id,
    COALESCE(max(p.tweet_id) FILTER (WHERE p.place = 1) OVER snapshot,
      max(p.tweet_id) FILTER (WHERE p.place = 2) OVER snapshot,
      max(p.tweet_id) FILTER (WHERE p.place = 3) OVER snapshot,
      max(p.tweet_id) FILTER (WHERE p.place = 4) OVER snapshot) AS kept_tweet_id,
    COALESCE(max(p.likes) FILTER (WHERE p.place = 1) OVER snapshot,
      max(p.likes) FILTER (WHERE p.place = 2) OVER snapshot,
      max(p.likes) FILTER (WHERE p.place = 3) OVER snapshot,
      max(p.likes) FILTER (WHERE p.place = 4) OVER snapshot) AS kept_likes,
    COALESCE(max(p.retweets) FILTER (WHERE p.place = 1) OVER snapshot,
      max(p.retweets) FILTER (WHERE p.place = 2) OVER snapshot,
      max(p.retweets) FILTER (WHERE p.place = 3) OVER snapshot,
      max(p.retweets) FILTER (WHERE p.place = 4) OVER snapshot) AS kept_retweets,
    COALESCE(max(p.views) FILTER (WHERE p.place = 2) OVER snapshot,
      max(p.views) FILTER (WHERE p.place = 3) OVER snapshot,
      max(p.views) FILTER (WHERE p.place = 1) OVER snapshot,
      max(p.views) FILTER (WHERE p.place = 4) OVER snapshot) AS kept_views,
    COALESCE(max(p.collected_pass) FILTER (WHERE p.place = 1) OVER snapshot,
      max(p.collected_pass) FILTER (WHERE p.place = 2) OVER snapshot,
      max(p.collected_pass) FILTER (WHERE p.place = 4) OVER snapshot) AS kept_collected_pass,
    COALESCE(max(p.rate) FILTER (WHERE p.place = 1) OVER snapshot,
      max(p.rate) FILTER (WHERE p.place = 2) OVER snapshot,
      max(p.rate) FILTER (WHERE p.place = 3) OVER snapshot) AS kept_rate
  FROM metric_placed p
  WINDOW
    decision AS (PARTITION BY p.decision_id),
    snapshot AS (PARTITION BY p.decision_id, p.collected_at)
),
metric_mapped AS MATERIALIZED (
  SELECT
    m.table_name, m.id, m.decision_id, m.tweet_id, m.likes, m.retweets, m.views, m.collected_at, m.collected_pass,
    m.rate, m.place, m.number, m.posted_at, m.posted_tweet_id, m.kept_tweet_id, m.kept_likes, m.kept_retweets,
    m.kept_views, m.kept_collected_pass, m.kept_rate,
    CASE
      WHEN m.fault IS NOT NULL THEN m.fault
      WHEN NOT m.has_decision THEN 'no_decision'
      WHEN m.posted_at IS NULL THEN 'not_posted'
    END AS reason,
    m.tweet_id <> m.kept_tweet_id IS TRUE
      OR m.likes <> m.kept_likes IS TRUE
      OR m.retweets <> m.kept_retweets IS TRUE
      OR m.views <> m.kept_views IS TRUE
      OR m.collected_pass <> m.kept_collected_pass IS TRUE
      OR m.rate <> m.kept_rate IS TRUE AS disagrees
  FROM metric_merged m
  WHERE m.table_name IS NOT NULL
),
expected_engagement_metrics AS MATERIALIZED (
  SELECT
    m.decision_id,
    COALESCE(m.kept_tweet_id, m.posted_tweet_id) AS tweet_id,
    m.kept_likes AS likes,
    m.kept_retweets AS retweets,
    m.kept_views AS views,
    m.collected_at,
    COALESCE(m.kept_collected_pass, CASE
      WHEN m.collected_at - m.posted_at >= INTERVAL '7 days' THEN 'T+7d'
      WHEN m.collected_at - m.posted_at >= INTERVAL '24 hours' THEN 'T+24h'
      ELSE 'T+1h' END) AS collected_pass,
    COALESCE(m.kept_rate, CASE
      WHEN m.kept_views > 0 AND ROUND((m.kept_likes::numeric + m.kept_retweets) / NULLIF(m.kept_views, 0), 4) < 1000
        THEN ROUND((m.kept_likes::numeric + m.kept_retweets) / NULLIF(m.kept_views, 0), 4)
      END)::numeric(7,4) AS engagement_rate
  FROM metric_mapped m
  WHERE m.number = 1 AND m.reason IS NULL
),
expected_content_disagreements AS MATERIALIZED (
  SELECT m.decision_id, ''::text AS member, m.table_name, v.column_name, v.kept, v.other
  FROM queue_mapped m
  CROSS JOIN LATERAL (VALUES
    ('content', m.kept_content, m.content),
    ('status', m.kept_status, m.status),
    ('scheduled_at', to_char(m.kept_scheduled_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
      to_char(m.scheduled_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')),
    ('generator_name', m.kept_generator_name, m.generator_name),
    ('topic', m.kept_topic, m.topic),
    ('angle', m.kept_angle, m.angle),
    ('tone', m.kept_tone, m.tone),
    ('visual_format', m.kept_visual_format, m.visual_format)) v (column_name, kept, other)
  WHERE m.reason IS NULL AND m.disagrees AND v.kept <> v.other
  UNION ALL
  SELECT m.decision_id, '', m.table_name, v.column_name, v.kept, v.other
  FROM posted_mapped m
  CROSS JOIN LATERAL (VALUES
    ('tweet_id', m.kept_tweet_id, m.tweet_id),
    ('content', m.kept_content, m.content),
    ('posted_at', to_char(m.kept_posted_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
      to_char(m.posted_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')),
    ('generator_name', m.kept_generator_name, m.generator_name),
    ('topic', m.kept_topic, m.topic),
    ('angle', m.kept_angle, m.angle)) v (column_name, kept, other)
  WHERE m.reason IS NULL AND m.disagrees AND v.kept <> v.other
  UNION ALL
  SELECT
    m.decision_id, to_char(m.collected_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), m.table_name,
    v.column_name, v.kept, v.other
  FROM metric_mapped m
  CROSS JOIN LATERAL (VALUES
    ('tweet_id', m.kept_tweet_id, m.tweet_id),
    ('likes', m.kept_likes::text, m.likes::text),
    ('retweets', m.kept_retweets::text, m.retweets::text),
    ('views', m.kept_views::text, m.views::text),
    ('collected_pass', m.kept_collected_pass, m.collected_pass),
    ('engagement_rate', m.kept_rate::text, m.rate::text)) v (column_name, kept, other)
  WHERE m.reason IS NULL AND m.disagrees AND v.kept <> v.other
),
judged AS MATERIALIZED (
  SELECT
    m.table_name, m.id, m.decision_id AS key, COALESCE(m.reason, CASE WHEN m.disagrees THEN 'disagrees' END) AS reason,
    m.reason IS NOT NULL AS is_skipped
  FROM queue_mapped m
  UNION ALL
  SELECT
    m.table_name, m.id, m.decision_id, COALESCE(m.reason, CASE WHEN m.disagrees THEN 'disagrees' END),
    m.reason IS NOT NULL
  FROM posted_mapped m
  UNION ALL
  SELECT
    m.table_name, m.id, m.decision_id, COALESCE(m.reason, CASE WHEN m.disagrees THEN 'disagrees' END),
    m.reason IS NOT NULL
  FROM metric_mapped m
),
