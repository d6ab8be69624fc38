-- name: content_expected_rows
-- takes: $1 bigint[] (decisions); `refused (table_name, id)` stands before it
-- gives: as content_mapped_rows
-- why: a part of other statements, for verification: the mapping written apart from content_mapped_rows, so that a
--      mistake in one of them shows against the other. What a source says is one JSON object of the new columns as
--      text; sources are merged by laying objects over each other, the one that wins last. All joins are FULL JOINs
--      of materialized parts: they are never nested loops, however few rows the planner expects.

old_rows AS MATERIALIZED (
  SELECT
    'queue' AS part, 'content_metadata'::text AS table_name, o.id, o.decision_id AS key,
    TIMESTAMPTZ 'epoch' AS moment, GREATEST(o.updated_at, o.created_at) AS said_at,
    btrim(lower(o.status COLLATE "C"), E'\n\r\t ') AS word, 0::bigint AS least_count, 0::numeric AS rate,
    o.scheduled_at AS time,
    jsonb_build_object(
      'content', o.content,
      'status', btrim(lower(o.status COLLATE "C"), E'\n\r\t '),
      'scheduled_at', to_char(o.scheduled_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
      'generator_name', o.generator_name, 'topic', o.topic, 'angle', o.angle, 'tone', o.tone,
      'visual_format', o.visual_format) AS said
  FROM content.content_metadata o
  WHERE o.decision_id = ANY($1::bigint[])
  UNION ALL
  SELECT
    'queue', 'content_generation_metadata_comprehensive', o.id, o.decision_id,
    'epoch', GREATEST(o.updated_at, o.created_at), btrim(lower(o.generation_status COLLATE "C"), E'\n\r\t '), 0, 0,
    o.scheduled_for,
    jsonb_build_object(
      'content', o.content_text,
      'status', btrim(lower(o.generation_status COLLATE "C"), E'\n\r\t '),
      'scheduled_at', to_char(o.scheduled_for AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
      'generator_name', o.generator_used, 'topic', o.topic, 'angle', o.angle, 'tone', o.tone,
      'visual_format', o.visual_format)
  FROM content.content_generation_metadata_comprehensive o
  WHERE o.decision_id = ANY($1::bigint[])
  UNION ALL
  SELECT
    'posted', 'posted_decisions', o.id, o.decision_id, 'epoch', o.created_at, NULL, 0, 0, o.posted_at,
    jsonb_build_object(
      'tweet_id', o.tweet_id, 'content', o.content,
      'posted_at', to_char(o.posted_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
      'generator_name', o.generator_name, 'topic', o.topic, 'angle', o.angle)
  FROM content.posted_decisions o
  WHERE o.decision_id = ANY($1::bigint[])
  UNION ALL
  SELECT
    'posted', 'tweets', o.id, o.decision_id, 'epoch', GREATEST(o.updated_at, o.created_at), NULL, 0, 0, o.posted_at,
    jsonb_build_object(
      'tweet_id', o.tweet_id, 'content', o.text,
      'posted_at', to_char(o.posted_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
      'generator_name', o.generator)
  FROM content.tweets o
  WHERE o.decision_id = ANY($1::bigint[])
  UNION ALL
  SELECT
    'posted', 'posts', o.id, o.decision_id, 'epoch', o.created_at, NULL, 0, 0, o.published_at,
    jsonb_build_object(
      'tweet_id', o.post_id, 'content', o.body,
      'posted_at', to_char(o.published_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
      'topic', o.topic, 'angle', o.angle)
  FROM content.posts o
  WHERE o.decision_id = ANY($1::bigint[])
  UNION ALL
  SELECT
    'metrics', 'outcomes', o.id, o.decision_id, o.collected_at, o.created_at,
    btrim(lower(o.collected_pass COLLATE "C"), E'\n\r\t '), LEAST(o.likes, o.retweets, o.views), o.engagement_rate,
    o.collected_at,
    jsonb_build_object(
      'tweet_id', o.tweet_id, 'likes', o.likes::text, 'retweets', o.retweets::text, 'views', o.views::text,
      'collected_pass', replace(btrim(lower(o.collected_pass COLLATE "C"), E'\n\r\t '), 't+', 'T+'),
      'engagement_rate', ROUND(o.engagement_rate, 4)::text)
  FROM content.outcomes o
  WHERE o.decision_id = ANY($1::bigint[])
  UNION ALL
  SELECT
    'metrics', 'real_tweet_metrics', o.id, o.decision_id, o.collected_at, GREATEST(o.updated_at, o.created_at),
    btrim(lower(o.collection_phase COLLATE "C"), E'\n\r\t '), LEAST(o.likes_count, o.retweets_count, o.impressions),
    o.engagement_rate, o.collected_at,
    jsonb_build_object(
      'tweet_id', o.tweet_id, 'likes', o.likes_count::text, 'retweets', o.retweets_count::text,
      'views', o.impressions::text,
      'collected_pass', replace(btrim(lower(o.collection_phase COLLATE "C"), E'\n\r\t '), 't+', 'T+'),
      'engagement_rate', ROUND(o.engagement_rate, 4)::text)
  FROM content.real_tweet_metrics o
  WHERE o.decision_id = ANY($1::bigint[])
  UNION ALL
  SELECT
    'metrics', 'tweet_analytics', o.id, o.decision_id, o.captured_at, o.created_at, NULL,
    LEAST(o.likes, o.retweets, o.impressions), o.engagement_rate, o.captured_at,
    jsonb_build_object(
      'tweet_id', o.tweet_id, 'likes', o.likes::text, 'retweets', o.retweets::text, 'views', o.impressions::text,
      'engagement_rate', ROUND(o.engagement_rate, 4)::text)
  FROM content.tweet_analytics o
  WHERE o.decision_id = ANY($1::bigint[])
  UNION ALL
  SELECT
    'metrics', 'tweet_metrics', o.id, o.decision_id, o.captured_at, GREATEST(o.updated_at, o.created_at),
    btrim(lower(o.collection_phase COLLATE "C"), E'\n\r\t '), LEAST(o.likes_count, o.retweets_count, o.views_count), 0,
    o.captured_at,
    jsonb_build_object(
      'tweet_id', o.tweet_id, 'likes', o.likes_count::text, 'retweets', o.retweets_count::text,
      'views', o.views_count::text,
      'collected_pass', replace(btrim(lower(o.collection_phase COLLATE "C"), E'\n\r\t '), 't+', 'T+'))
  FROM content.tweet_metrics o
  WHERE o.decision_id = ANY($1::bigint[])
),
latest_rows AS MATERIALIZED (
  -- a row without a moment stands alone
  SELECT DISTINCT ON (o.table_name COLLATE "C", o.key, o.moment, CASE WHEN o.moment IS NULL THEN o.id END)
    o.part, o.table_name, o.id, o.key, o.moment, jsonb_strip_nulls(o.said) AS said,
    CASE
      WHEN o.part = 'queue'
        AND array_position('{draft,queued,scheduled,posting,posted,failed,cancelled}'::text[], o.word) IS NULL
        AND o.word IS NOT NULL THEN 'bad_status'
      WHEN o.part = 'metrics' AND o.word !~ '^t[+](1h|24h|7d)$' THEN 'bad_pass'
      WHEN o.least_count < 0 THEN 'bad_count'
      WHEN o.rate = 'NaN' OR abs(ROUND(o.rate, 4)) >= 1000 THEN 'overflow'
      WHEN NOT isfinite(o.time) OR EXTRACT(YEAR FROM o.time AT TIME ZONE 'UTC') NOT BETWEEN 1 AND 9999 THEN 'overflow'
      WHEN (o.id, o.table_name) IN (SELECT f.id, f.table_name FROM refused f) THEN 'refused'
      WHEN o.moment IS NULL THEN 'incomplete'
    END AS fault
  FROM old_rows o
  ORDER BY
    o.table_name COLLATE "C", o.key, o.moment, CASE WHEN o.moment IS NULL THEN o.id END, o.said_at DESC, o.id DESC
),
sources AS (
  SELECT l.part, l.key, l.moment, jsonb_object_agg(l.table_name, l.said) AS by_table
  FROM latest_rows l
  WHERE l.fault IS NULL
  GROUP BY l.part, l.key, l.moment
),
layers AS (
  SELECT
    s.part, s.key, s.moment,
    COALESCE(s.by_table -> 'content_metadata', '{}') AS metadata,
    COALESCE(s.by_table -> 'content_generation_metadata_comprehensive', '{}') AS comprehensive,
    COALESCE(s.by_table -> 'posted_decisions', '{}') AS decisions,
    COALESCE(s.by_table -> 'tweets', '{}') AS tweets,
    COALESCE(s.by_table -> 'posts', '{}') AS posts,
    COALESCE(s.by_table -> 'outcomes', '{}') AS outcomes,
    COALESCE(s.by_table -> 'real_tweet_metrics', '{}') AS real_metrics,
    COALESCE(s.by_table -> 'tweet_analytics', '{}') AS analytics,
    COALESCE(s.by_table -> 'tweet_metrics', '{}') AS metrics
  FROM sources s
),
merged AS MATERIALIZED (
  SELECT
    l.part, l.key, l.moment,
    CASE l.part
      WHEN 'queue' THEN
        l.comprehensive || l.metadata || (l.comprehensive - '{content,status,scheduled_at}'::text[])
      WHEN 'posted' THEN
        l.posts || l.tweets || l.decisions
          || (l.tweets - '{tweet_id,content,generator_name}'::text[])
      ELSE
        l.metrics || l.analytics || l.real_metrics || l.outcomes
          || (l.analytics - '{tweet_id,likes,retweets,collected_pass,engagement_rate}'::text[])
          || (l.real_metrics - '{tweet_id,likes,retweets,collected_pass,engagement_rate}'::text[])
    END AS kept
  FROM layers l
),
queue_kept AS MATERIALIZED (
  SELECT m.key AS queue_key, m.kept AS queue
  FROM merged m
  WHERE m.part = 'queue' AND m.kept ->> 'content' IS NOT NULL AND m.kept ->> 'status' IS NOT NULL
),
posted_beside_queue AS MATERIALIZED (
  SELECT m.key, m.moment, m.kept, q.queue_key, q.queue
  FROM (SELECT g.key, g.moment, g.kept FROM merged g WHERE g.part = 'posted') m
  FULL JOIN queue_kept q ON q.queue_key = m.key
),
posted_kept AS MATERIALIZED (
  SELECT p.key AS posted_key, p.kept AS posted, p.queue AS its_queue
  FROM posted_beside_queue p
  WHERE p.key IS NOT NULL AND p.queue_key IS NOT NULL
    AND p.kept ->> 'tweet_id' IS NOT NULL AND p.kept ->> 'posted_at' IS NOT NULL
),
metrics_beside_both AS MATERIALIZED (
  SELECT m.key, m.moment, m.kept, q.queue_key, p.posted_key, p.posted
  FROM (SELECT g.key, g.moment, g.kept FROM merged g WHERE g.part = 'metrics') m
  FULL JOIN queue_kept q ON q.queue_key = m.key
  FULL JOIN posted_kept p ON p.posted_key = m.key
),
verdicts AS MATERIALIZED (
  SELECT
    m.part, m.key, m.moment, m.kept,
    CASE WHEN m.kept ->> 'content' IS NULL OR m.kept ->> 'status' IS NULL THEN 'incomplete' END AS reason
  FROM merged m
  WHERE m.part = 'queue'
  UNION ALL
  SELECT
    'posted', p.key, p.moment, p.kept,
    CASE
      WHEN p.kept ->> 'tweet_id' IS NULL OR p.kept ->> 'posted_at' IS NULL THEN 'incomplete'
      WHEN p.queue_key IS NULL THEN 'no_decision'
    END
  FROM posted_beside_queue p
  WHERE p.key IS NOT NULL
  UNION ALL
  SELECT
    'metrics', b.key, b.moment, b.kept,
    CASE WHEN b.queue_key IS NULL THEN 'no_decision' WHEN b.posted_key IS NULL THEN 'not_posted' END
  FROM metrics_beside_both b
  WHERE b.key IS NOT NULL
),
good_rows AS MATERIALIZED (
  SELECT l.part, l.table_name, l.id, l.key, l.moment, l.said, v.kept, v.reason
  FROM (
    SELECT r.part, r.table_name, r.id, r.key, r.moment, r.said
    FROM latest_rows r
    WHERE r.fault IS NULL) l
  FULL JOIN verdicts v ON v.key = l.key AND v.part = l.part AND v.moment = l.moment
),
lost_values AS MATERIALIZED (
  SELECT g.part, g.table_name, g.id, g.key, g.moment, e.key AS column_name, g.kept ->> e.key AS kept, e.value AS other
  FROM good_rows g
  CROSS JOIN LATERAL jsonb_each_text(g.said) e
  WHERE g.reason IS NULL AND e.value IS DISTINCT FROM g.kept ->> e.key
),
expected_content_queue AS MATERIALIZED (
  SELECT
    q.queue_key AS decision_id,
    q.queue ->> 'content' AS content,
    q.queue ->> 'status' AS status,
    (q.queue ->> 'scheduled_at')::timestamptz AS scheduled_at,
    q.queue ->> 'generator_name' AS generator_name,
    q.queue ->> 'topic' AS topic,
    q.queue ->> 'angle' AS angle,
    q.queue ->> 'tone' AS tone,
    q.queue ->> 'visual_format' AS visual_format
  FROM queue_kept q
),
expected_posted_content AS MATERIALIZED (
  SELECT
    p.posted_key AS decision_id,
    p.posted ->> 'tweet_id' AS tweet_id,
    p.posted ->> 'content' AS content,
    (p.posted ->> 'posted_at')::timestamptz AS posted_at,
    NULLIF((p.its_queue || p.posted) ->> 'generator_name', '') AS generator_name,
    NULLIF((p.its_queue || p.posted) ->> 'topic', '') AS topic,
    NULLIF((p.its_queue || p.posted) ->> 'angle', '') AS angle
  FROM posted_kept p
),
snapshots AS MATERIALIZED (
  SELECT
    b.key, b.moment, (b.posted || b.kept) ->> 'tweet_id' AS tweet_id,
    (b.kept ->> 'likes')::bigint AS likes, (b.kept ->> 'retweets')::bigint AS retweets,
    (b.kept ->> 'views')::bigint AS views, b.kept ->> 'collected_pass' AS collected_pass,
    (b.kept ->> 'engagement_rate')::numeric AS rate,
    EXTRACT(EPOCH FROM b.moment) - EXTRACT(EPOCH FROM (b.posted ->> 'posted_at')::timestamptz) AS seconds
  FROM metrics_beside_both b
  WHERE b.key IS NOT NULL AND b.queue_key IS NOT NULL AND b.posted_key IS NOT NULL
),
computed_rates AS (
  SELECT
    s.key, s.moment, s.tweet_id, s.likes, s.retweets, s.views, s.collected_pass, s.rate, s.seconds,
    ROUND((s.retweets::numeric + s.likes::numeric) / NULLIF(s.views, 0)::numeric, 4) AS computed_rate
  FROM snapshots s
),
expected_engagement_metrics AS MATERIALIZED (
  SELECT
    c.key AS decision_id, c.tweet_id, c.likes, c.retweets, c.views, c.moment AS collected_at,
    CASE
      WHEN c.collected_pass IS NOT NULL THEN c.collected_pass
      WHEN c.seconds < 86400 THEN 'T+1h'
      WHEN c.seconds < 604800 THEN 'T+24h'
      ELSE 'T+7d'
    END AS collected_pass,
    (CASE
      WHEN c.rate IS NOT NULL THEN c.rate
      WHEN c.computed_rate <= 999.9999 THEN c.computed_rate
    END)::numeric(7,4) AS engagement_rate
  FROM computed_rates c
),
expected_content_disagreements AS MATERIALIZED (
  SELECT
    l.key AS decision_id,
    CASE WHEN l.part = 'metrics' THEN to_char(l.moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
      ELSE '' END AS member,
    l.table_name, l.column_name, l.kept, l.other
  FROM lost_values l
),
losers AS (
  SELECT DISTINCT l.table_name, l.id FROM lost_values l
),
reasons AS MATERIALIZED (
  -- of the latest rows
  SELECT r.table_name, r.id, r.fault AS reason FROM latest_rows r WHERE r.fault IS NOT NULL
  UNION ALL
  SELECT g.table_name, g.id, g.reason FROM good_rows g
),
judged_beside AS MATERIALIZED (
  SELECT o.table_name, o.id, o.key, r.id IS NOT NULL AS is_latest, r.reason, d.id IS NOT NULL AS disagrees
  FROM (SELECT a.table_name, a.id, a.key FROM old_rows a) o
  FULL JOIN reasons r ON r.table_name = o.table_name AND r.id = o.id
  FULL JOIN losers d ON d.table_name = o.table_name AND d.id = o.id
),
judged AS MATERIALIZED (
  SELECT
    j.table_name, j.id, j.key,
    CASE
      WHEN NOT j.is_latest THEN 'older_duplicate'
      WHEN j.reason IS NOT NULL THEN j.reason
      WHEN j.disagrees THEN 'disagrees'
    END AS reason,
    NOT j.is_latest OR j.reason IS NOT NULL AS is_skipped
  FROM judged_beside j
),
