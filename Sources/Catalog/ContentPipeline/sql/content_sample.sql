-- name: content_sample
-- takes: $1 integer (scale)
-- gives: decisions bigint, old_rows bigint
-- why: a pipeline to try the migration on: 300 decisions for each unit of scale, over the last 90 days and the next
--      three, with their posts and snapshots, made up for this project. Hashes decide, so the same day gives the same
--      rows. `trap` is where old tables go wrong: about three decisions in 300 for each kind.

WITH numbers AS (
  SELECT
    n.n,
    n.n % 101 AS trap,
    (hashint8extended(n.n, 1) & 2147483647)::integer AS h1,
    (hashint8extended(n.n, 2) & 2147483647)::integer AS h2,
    (hashint8extended(n.n, 3) & 2147483647)::integer AS h3,
    (hashint8extended(n.n, 4) & 2147483647)::integer AS h4,
    (hashint8extended(n.n, 5) & 2147483647)::integer AS h5,
    date_trunc('day', now(), 'UTC') - INTERVAL '90 days'
      + make_interval(secs => floor(93.0 * 86400 * n.n / (300 * $1::integer))) AS slot
  FROM generate_series(1, 300 * ($1::integer)::bigint) n (n)
),
words AS (
  SELECT
    '{sleep,walking,coffee,reading,daylight,strength,focus,breathing,gut health,stress,learning,hydration}'::text[]
      AS topics,
    '{mythbusting,how-to,case study,contrarian,numbers}'::text[] AS angles,
    '{dataNerd,mythBuster,storyteller,coach,philosopher,newsReporter}'::text[] AS generators,
    '{curious,direct,warm,playful}'::text[] AS tones,
    ARRAY['plain', 'thread', 'list', 'chart', NULL] AS formats,
    ARRAY[
      'Most people get %s wrong.', 'A small plan for better %s:', 'What one month of %s did for a tired team:',
      'Unpopular view on %s:', 'Three numbers about %s.'] AS openings,
    ARRAY[
      'Going to bed at the same hour matters more than the hour itself.',
      'Ten minutes after lunch steady you for the rest of the day.',
      'The last cup before two in the afternoon, and the night is yours.',
      'Twenty pages a day are thirty books a year.',
      'Look at the sky before you look at a screen.',
      'Two short sessions a week keep most of what you have.',
      'One task on the desk, one window on the screen.',
      'Breathe out twice as long as you breathe in.',
      'Thirty plants a week, and beans count.',
      'Write the worry down and give it a date.',
      'Test yourself before you read it again.',
      'Drink when you wake, then when you are thirsty.'] AS facts,
    ARRAY['Have you tried it?', 'Start today.', 'Be kind to yourself while you learn.', 'Your dog already knows.']
      AS closings
),
decisions AS MATERIALIZED (
  SELECT
    n.n, n.trap, n.h1, n.h2, n.h3, n.h4, n.h5, n.slot,
    w.topics[1 + n.h1 % 12] AS topic,
    w.angles[1 + n.h2 % 5] AS angle,
    w.generators[1 + n.h3 % 6] AS generator,
    w.tones[1 + n.h4 % 4] AS tone,
    w.formats[1 + n.h5 % 5] AS visual_format,
    format(w.openings[1 + n.h2 % 5], w.topics[1 + n.h1 % 12]) || ' ' || w.facts[1 + n.h1 % 12] || ' '
      || w.closings[1 + n.h4 % 4]
      || CASE WHEN n.trap = 22 THEN E' Zażółć — 「眠り」 🙂\n"quoted" \\ back' ELSE '' END
      AS body,
    CASE
      WHEN n.slot > now() - INTERVAL '1 hour' THEN (ARRAY['scheduled', 'scheduled', 'queued', 'draft'])[1 + n.h5 % 4]
      WHEN n.trap NOT BETWEEN 1 AND 24 AND n.h5 % 25 = 0 THEN 'failed'
      WHEN n.trap NOT BETWEEN 1 AND 24 AND n.h5 % 25 = 1 THEN 'cancelled'
      WHEN n.trap NOT BETWEEN 1 AND 24 AND n.h5 % 25 = 2 THEN 'draft'
      ELSE 'posted'
    END AS status,
    CASE WHEN n.h5 % 25 <> 2 THEN n.slot END AS scheduled_at,
    n.slot + make_interval(secs => n.h4 % 2400) AS posted_at,
    (1800000000000000000 + n.n * 7919)::text AS tweet_id
  FROM numbers n
  CROSS JOIN words w
),
new_metadata AS (
  INSERT INTO content.content_metadata (
    decision_id, content, status, scheduled_at, generator_name, topic, angle, tone, visual_format, created_at,
    updated_at)
  SELECT
    d.n,
    CASE WHEN d.trap <> 4 THEN d.body END,
    CASE d.trap WHEN 1 THEN 'in review' WHEN 5 THEN E' Posted\t' ELSE d.status END,
    d.scheduled_at, d.generator, d.topic, d.angle, d.tone, d.visual_format, d.slot - INTERVAL '1 day',
    CASE WHEN d.status = 'posted' THEN d.posted_at END
  FROM decisions d
  WHERE d.trap NOT IN (10, 25)
  UNION ALL
  SELECT
    d.n, 'First draft: ' || d.body, 'draft', NULL, d.generator, d.topic, d.angle, d.tone, NULL,
    d.slot - INTERVAL '2 days', NULL
  FROM decisions d
  WHERE d.trap = 3
  RETURNING 1
),
new_comprehensive AS (
  INSERT INTO content.content_generation_metadata_comprehensive (
    decision_id, content_text, generation_status, scheduled_for, generator_used, topic, angle, tone, visual_format,
    created_at, updated_at)
  SELECT
    d.n,
    CASE d.trap WHEN 4 THEN NULL WHEN 2 THEN d.body || ' (before editing)' ELSE d.body END,
    CASE d.trap WHEN 2 THEN 'QUEUED' ELSE d.status END,
    CASE d.trap WHEN 6 THEN 'infinity' ELSE d.scheduled_at END,
    d.generator,
    CASE WHEN d.trap = 2 THEN 'habits' ELSE d.topic END,
    CASE WHEN d.h1 % 9 <> 0 THEN d.angle END, d.tone, d.visual_format, d.slot - INTERVAL '1 day', NULL
  FROM decisions d
  WHERE d.trap <> 10 AND (d.h3 % 20 < 17 OR d.trap BETWEEN 1 AND 25)
  RETURNING 1
),
new_decisions AS (
  INSERT INTO content.posted_decisions (
    decision_id, tweet_id, content, generator_name, topic, angle, posted_at, created_at)
  SELECT
    d.n, CASE WHEN d.trap <> 9 THEN d.tweet_id END, d.body,
    CASE WHEN d.trap = 12 THEN '' WHEN d.h2 % 6 <> 0 THEN d.generator END, d.topic, d.angle,
    d.posted_at, d.posted_at
  FROM decisions d
  WHERE d.status = 'posted' AND d.trap <> 17 AND (d.h2 % 20 <> 0 OR d.trap BETWEEN 1 AND 25)
  RETURNING 1
),
new_tweets AS (
  INSERT INTO content.tweets (decision_id, tweet_id, text, generator, posted_at, created_at, updated_at)
  SELECT
    d.n, CASE WHEN d.trap <> 9 THEN d.tweet_id END, CASE d.trap WHEN 7 THEN left(d.body, 40) || '…' ELSE d.body END,
    CASE WHEN d.trap <> 12 AND d.h1 % 4 = 0 THEN d.generator END,
    CASE d.trap WHEN 11 THEN d.posted_at + INTERVAL '1.5 seconds' ELSE d.posted_at END, d.posted_at,
    NULL::timestamptz
  FROM decisions d
  WHERE d.status = 'posted' AND d.trap <> 17
    AND (d.h3 % 10 <> 0 OR d.h2 % 20 = 0 OR d.trap BETWEEN 1 AND 25)
  UNION ALL
  SELECT
    d.n, d.tweet_id || '0', d.body, NULL, d.posted_at - INTERVAL '1 minute', d.posted_at - INTERVAL '1 minute', NULL
  FROM decisions d
  WHERE d.status = 'posted' AND d.trap = 8
  RETURNING 1
),
new_posts AS (
  INSERT INTO content.posts (decision_id, post_id, body, topic, angle, published_at, created_at)
  SELECT
    d.n, CASE WHEN d.trap <> 9 THEN d.tweet_id END, d.body, d.topic, CASE WHEN d.h4 % 3 = 0 THEN d.angle END,
    CASE d.trap WHEN 13 THEN '-infinity' ELSE d.posted_at END, d.posted_at
  FROM decisions d
  WHERE d.status = 'posted' AND d.trap <> 17 AND (d.h4 % 10 < 6 OR d.trap BETWEEN 1 AND 25)
  RETURNING 1
),
snapshots AS MATERIALIZED (
  -- counts grow from pass to pass; every fifth post was looked at twice in its first hours
  SELECT
    d.n, d.trap, d.h1, d.h2, d.h3, d.h4, d.tweet_id, p.pass, d.posted_at + p.age AS at,
    ((300 + d.h1 % 20000) * p.grown)::bigint AS views,
    ((300 + d.h1 % 20000) * p.grown * (d.h2 % 60) / 1000)::bigint AS likes,
    ((300 + d.h1 % 20000) * p.grown * (d.h3 % 15) / 1000)::bigint AS retweets,
    (hashint8extended(d.n, p.number) & 2147483647)::integer AS h6
  FROM decisions d
  CROSS JOIN (VALUES
    (11, 'T+1h', INTERVAL '61 minutes', 0.25), (12, 'T+1h', INTERVAL '95 minutes', 0.3),
    (13, 'T+24h', INTERVAL '24 hours 2 minutes', 0.8), (14, 'T+7d', INTERVAL '7 days 5 minutes', 1.0))
    p (number, pass, age, grown)
  WHERE d.status = 'posted' AND d.posted_at + p.age <= now() AND (p.number <> 12 OR d.h5 % 5 = 0)
),
new_outcomes AS (
  INSERT INTO content.outcomes (
    decision_id, tweet_id, likes, retweets, views, engagement_rate, collected_pass, collected_at, created_at)
  SELECT
    s.n, CASE WHEN s.h6 % 11 <> 0 THEN s.tweet_id END,
    CASE s.trap WHEN 15 THEN -1 ELSE s.likes END, s.retweets, s.views,
    CASE s.trap
      WHEN 16 THEN 'NaN' WHEN 19 THEN NULL WHEN 23 THEN 12345.6 WHEN 24 THEN 'Infinity'
      ELSE ROUND((s.likes + s.retweets)::numeric / s.views, 6) END,
    CASE s.trap WHEN 14 THEN 'T+2h' WHEN 19 THEN NULL ELSE s.pass END,
    s.at, s.at
  FROM snapshots s
  WHERE s.h6 % 10 <> 0 OR s.trap BETWEEN 14 AND 24
  UNION ALL
  SELECT s.n, s.tweet_id, s.likes / 2, s.retweets / 2, s.views / 2, NULL, s.pass, s.at, s.at - INTERVAL '5 minutes'
  FROM snapshots s
  WHERE s.trap = 18
  RETURNING 1
),
new_real_metrics AS (
  INSERT INTO content.real_tweet_metrics (
    decision_id, tweet_id, likes_count, retweets_count, impressions, engagement_rate, collection_phase, collected_at,
    created_at, updated_at)
  SELECT
    s.n, s.tweet_id, s.likes, s.retweets, s.views + CASE s.trap WHEN 21 THEN 17 ELSE 0 END, NULL,
    CASE WHEN s.h6 % 3 = 0 THEN lower(s.pass) WHEN s.h6 % 3 = 1 THEN s.pass END, s.at, s.at,
    CASE WHEN s.h6 % 4 = 0 THEN s.at + INTERVAL '1 minute' END
  FROM snapshots s
  WHERE (s.h6 / 10) % 2 = 0 OR s.trap = 21
  RETURNING 1
),
new_analytics AS (
  INSERT INTO content.tweet_analytics (
    decision_id, tweet_id, likes, retweets, impressions, engagement_rate, captured_at, created_at)
  SELECT
    s.n, s.tweet_id, s.likes, NULL, s.views, NULL, CASE WHEN s.trap <> 20 THEN s.at END, s.at
  FROM snapshots s
  WHERE (s.h6 / 100) % 10 < 4 OR s.trap = 20
  RETURNING 1
),
new_metrics AS (
  INSERT INTO content.tweet_metrics (
    decision_id, tweet_id, likes_count, retweets_count, views_count, collection_phase, captured_at, created_at,
    updated_at)
  SELECT
    s.n, NULL, s.likes, s.retweets, s.views, CASE WHEN s.h6 % 2 = 0 THEN s.pass END, s.at, s.at, NULL
  FROM snapshots s
  WHERE (s.h6 / 1000) % 10 < 3
  RETURNING 1
)
SELECT
  (SELECT COUNT(*) FROM decisions) AS decisions,
  (SELECT COUNT(*) FROM new_metadata) + (SELECT COUNT(*) FROM new_comprehensive)
    + (SELECT COUNT(*) FROM new_decisions) + (SELECT COUNT(*) FROM new_tweets) + (SELECT COUNT(*) FROM new_posts)
    + (SELECT COUNT(*) FROM new_outcomes) + (SELECT COUNT(*) FROM new_real_metrics)
    + (SELECT COUNT(*) FROM new_analytics) + (SELECT COUNT(*) FROM new_metrics) AS old_rows
