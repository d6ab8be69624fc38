-- name: social_sample
-- takes: $1 integer (scale)
-- gives: entities bigint, old_rows bigint
-- why: a product to try the migration on: 300 posts for each unit of scale, of the last 180 days and the next three, in
--      at least 8 workspaces, with their accounts, numbers, scrapes and vectors, made up for this project. Hashes
--      decide, so the same day gives the same rows. `trap` is where old tables go wrong: about three posts in 300 for
--      each kind. Days are UTC days.

WITH home AS (
  SELECT (8 + $1::integer / 2)::bigint AS workspaces, now() AT TIME ZONE 'UTC' AS at
),
new_workspaces AS (
  INSERT INTO social.workspaces (id, name, slug, created_at)
  SELECT
    md5('workspace ' || w.n)::uuid,
    (ARRAY['Harbour', 'Linden', 'Copper', 'Meadow', 'Juniper', 'Northwind', 'Saffron', 'Tidal'])[1 + w.n % 8]
      || ' ' || (ARRAY['Studio', 'Coffee', 'Outdoor', 'Books', 'Health'])[1 + w.n / 8 % 5]
      || CASE WHEN w.n >= 40 THEN ' ' || w.n ELSE '' END,
    'team-' || w.n, h.at AT TIME ZONE 'UTC' - INTERVAL '1 year'
  FROM home h
  CROSS JOIN LATERAL generate_series(0, h.workspaces - 1) w (n)
  RETURNING 1
),
new_members AS (
  INSERT INTO social.workspace_members (workspace_id, user_id, role, created_at)
  SELECT
    md5('workspace ' || w.n)::uuid, 1000 + w.n * 10 + m.n,
    (ARRAY['owner', 'Admin', 'editor', NULL])[1 + m.n], h.at AT TIME ZONE 'UTC' - INTERVAL '300 days'
  FROM home h
  CROSS JOIN LATERAL generate_series(0, h.workspaces - 1) w (n)
  CROSS JOIN generate_series(0, 3) m (n)
  RETURNING 1
),
accounts AS (
  SELECT 300 * $1::integer + 1 + w.n * 2 + a.n AS id, w.n AS workspace, a.n, h.at
  FROM home h
  CROSS JOIN LATERAL generate_series(0, h.workspaces - 1) w (n)
  CROSS JOIN generate_series(0, 1) a (n)
),
new_accounts AS (
  INSERT INTO social.accounts (id, workspace_id, platform, handle, created_at)
  SELECT
    a.id, md5('workspace ' || a.workspace)::uuid, (ARRAY['instagram', 'tiktok'])[1 + a.n],
    'team' || a.workspace || (ARRAY['', '_live'])[1 + a.n], a.at AT TIME ZONE 'UTC' - INTERVAL '1 year'
  FROM accounts a
  RETURNING 1
),
ids AS (
  SELECT setval('social.entity_ids', 300 * $1::integer + 1 + h.workspaces * 2) FROM home h
),
words AS (
  SELECT
    '{sleep,walking,coffee,reading,daylight,strength,focus,breathing,garden,bicycles,bread,swimming}'::text[] AS topics,
    ARRAY[
      'Most people get %s wrong.', 'A small plan for better %s:', 'What one month of %s did for a tired team:',
      'Unpopular view on %s:', 'Three numbers about %s.'] AS openings,
    ARRAY[
      'The first week is the hardest; after that it is a habit that carries itself, and nobody has to be reminded.',
      'Keep it so small that you cannot say no, and do it at the same hour every day, with somebody you like.',
      'We measured it for ninety days with four hundred people, and the quiet ones had gained the most.',
      'Write it down in the evening, look at it in the morning, and strike out whatever is not worth a cup of tea.']
      AS bodies
),
numbers AS (
  SELECT
    n.n, n.n % 103 AS trap, h.at,
    (hashint8extended(n.n, 1) & 2147483647)::integer AS h1,
    (hashint8extended(n.n, 2) & 2147483647)::integer AS h2,
    (hashint8extended(n.n, 3) & 2147483647)::integer AS h3,
    (hashint8extended(n.n, 4) & 2147483647)::integer AS h4,
    (hashint8extended(n.n, 5) & 2147483647)::integer % h.workspaces AS workspace,
    (date_trunc('day', h.at) - INTERVAL '180 days'
      + make_interval(secs => floor(183.0 * 86400 * n.n / (300 * $1::integer)))) AT TIME ZONE 'UTC' AS slot
  FROM home h
  CROSS JOIN generate_series(1, 300 * $1::integer) n (n)
),
posts AS MATERIALIZED (
  SELECT
    n.n, n.trap, n.h1, n.h2, n.h3, n.h4, n.workspace, n.slot, n.at,
    w.topics[1 + n.h1 % 12] AS topic,
    format(w.openings[1 + n.h2 % 5], w.topics[1 + n.h1 % 12]) || ' ' || w.bodies[1 + n.h3 % 4]
      || CASE WHEN n.trap = 30 THEN E' Zażółć — 「眠り」 🙂\n"quoted" \\ back' ELSE '' END AS body,
    (ARRAY['instagram', 'instagram', 'instagram', 'tiktok', 'x', 'linkedin'])[1 + n.h2 % 6] AS platform,
    CASE
      WHEN n.slot > now() THEN (ARRAY['scheduled', 'draft'])[1 + n.h4 % 2]
      WHEN n.trap > 30 AND n.h4 % 25 = 0 THEN 'failed'
      WHEN n.trap > 30 AND n.h4 % 25 = 1 THEN 'archived'
      ELSE 'published' END AS status
  FROM numbers n
  CROSS JOIN words w
),
new_posts AS (
  INSERT INTO social.posts (
    id, user_id, workspace_id, team, account_id, platform, platform_post_id, status, scheduled_at, published_at, text,
    caption, hashtags, media_urls, embedding, embedding_model, like_count, comment_count, share_count, view_count,
    counted_at, platform_data, created_at, updated_at)
  SELECT
    p.n, 1000 + p.workspace * 10 + p.h1 % 4,
    CASE
      WHEN p.trap IN (1, 2) THEN NULL
      WHEN p.trap = 3 THEN '00000000-0000-0000-0000-00000000dead'
      WHEN p.trap = 4 OR p.trap > 30 AND p.h3 % 10 < 3 THEN NULL
      ELSE md5('workspace ' || p.workspace)::uuid END,
    CASE
      WHEN p.trap = 1 THEN 'gone'
      WHEN p.trap = 4 THEN E' TEAM-' || p.workspace || E'\t'
      WHEN p.trap = 5 THEN 'team-' || (p.workspace + 1) % 8
      WHEN p.trap > 30 AND p.h3 % 10 < 5 THEN 'team-' || p.workspace END,
    300 * $1::integer + 1 + p.workspace * 2 + CASE p.platform WHEN 'tiktok' THEN 1 ELSE 0 END,
    CASE p.trap WHEN 6 THEN 'myspace' WHEN 7 THEN E'Instagram ' ELSE p.platform END,
    CASE WHEN p.status = 'published' THEN 'p' || (1800000000000000 + p.n * 7919) END,
    CASE p.trap WHEN 8 THEN 'in review' WHEN 9 THEN E' Published\t' WHEN 10 THEN NULL ELSE p.status END,
    CASE p.trap WHEN 11 THEN 'infinity' ELSE p.slot END,
    CASE WHEN p.status = 'published' THEN p.slot + make_interval(secs => p.h4 % 2400) END,
    p.body, left(p.body, 60 + p.h3 % 60) || ' #' || p.topic,
    CASE p.h1 % 5
      WHEN 0 THEN '#' || p.topic || ' #everyday #' || p.platform
      WHEN 1 THEN p.topic || ', everyday,' || p.platform
      WHEN 2 THEN '["' || p.topic || '", "#Everyday", "everyday"]'
      WHEN 3 THEN '{' || p.topic || ',Everyday}' END,
    CASE
      WHEN p.trap = 12 THEN '["https://cdn.example.com/a.jpg", 7]'
      WHEN p.trap = 13 THEN '"https://cdn.example.com/only.mp4"'
      WHEN p.trap = 14 THEN '{"url": "https://cdn.example.com/one.PNG?w=3", "alt": "one", "ratio": 1.50}'
      WHEN p.trap = 15 THEN '{"href": "https://cdn.example.com/one.png"}'
      WHEN p.h4 % 10 < 8 THEN jsonb_build_array(
        jsonb_build_object(
          'url', format('https://cdn.example.com/media/team-%s/2026/library/%s-%s.jpg', p.workspace, p.topic,
            p.h2 % 40),
          'alt', 'A picture of ' || p.topic),
        format('https://cdn.example.com/media/team-%s/2026/clips/%s.mp4', p.workspace, p.h3 % 60))
    END,
    CASE
      WHEN p.trap = 16 THEN '{0,0,0}'
      WHEN p.trap = 17 THEN ARRAY[1, NULL, 'NaN']::float8[]
      WHEN p.h4 % 20 < 17 THEN ARRAY(
        SELECT round(1e9 * (sin((1 + p.h1 % 12) * d.d) + 0.6 * sin(p.h2 % 100000 * d.d + p.h3 % 1000)
          + 0.3 * sin(p.h3 % 100000 * d.d + p.h4 % 1000))) / 1e9
        FROM generate_series(1, 384) d (d)) END,
    CASE
      WHEN p.trap = 18 THEN 'not a model!'
      WHEN p.h4 % 20 < 17 OR p.trap IN (16, 17) THEN
        CASE WHEN p.trap = 19 THEN 'All-MiniLM-L6-v2 ' WHEN p.slot < now() - INTERVAL '150 days' AND p.trap > 30
          THEN 'all-minilm-l6-v2' ELSE 'all-minilm-l6-v2@2' END END,
    CASE WHEN p.status = 'published' THEN CASE p.trap WHEN 20 THEN -1 ELSE p.h1 % 900 END END,
    CASE WHEN p.status = 'published' THEN p.h2 % 60 END,
    CASE WHEN p.status = 'published' AND p.h3 % 3 = 0 THEN p.h3 % 40 END,
    CASE WHEN p.status = 'published' THEN 900 + p.h1 % 20000 END,
    CASE WHEN p.status = 'published' THEN p.slot + INTERVAL '3 days' END,
    CASE
      WHEN p.trap = 21 THEN 'null'
      WHEN p.h2 % 3 = 0 THEN jsonb_build_object('permalink', 'https://' || p.platform || '.example.com/p/' || p.n,
        'boosted', p.h1 % 9 = 0, 'score', round((p.h1 % 1000) / 10.0, 1)) END,
    p.slot - INTERVAL '1 day', CASE WHEN p.h1 % 2 = 0 THEN p.slot END
  FROM posts p
  WHERE p.trap <> 22
  RETURNING 1
),
days AS MATERIALIZED (
  -- a post is looked at on its first days, then less often
  SELECT
    p.n, p.trap, p.h1, p.h2, p.h3, p.h4, p.platform, d.d, (p.slot AT TIME ZONE 'UTC')::date + d.d AS day,
    p.slot + make_interval(days => d.d) AS at,
    ((900 + p.h1 % 20000) / (1 + d.d))::bigint AS impressions,
    (hashint8extended(p.n, 20 + d.d) & 2147483647)::integer AS h5
  FROM posts p
  CROSS JOIN (VALUES (0), (1), (3), (7)) d (d)
  WHERE p.status = 'published' AND p.slot + make_interval(days => d.d) < now()
),
new_post_analytics AS (
  INSERT INTO social.post_analytics (
    post_id, stat_day, impressions, reach, likes, comments, shares, saves, clicks, video_views, created_at, updated_at)
  SELECT
    d.n, CASE WHEN d.trap <> 23 THEN d.day END, CASE d.trap WHEN 24 THEN -5 ELSE d.impressions END,
    d.impressions * 8 / 10, d.impressions * (d.h2 % 60) / 1000, d.impressions * (d.h3 % 15) / 1000,
    CASE WHEN d.h3 % 3 = 0 THEN d.impressions * (d.h3 % 9) / 1000 END, NULL::bigint,
    CASE WHEN d.platform IN ('x', 'linkedin') THEN d.impressions / 50 END, NULL::bigint, d.at,
    CASE WHEN d.h5 % 4 = 0 THEN d.at + INTERVAL '6 hours' END
  FROM days d
  WHERE d.h5 % 10 < 7 OR d.trap BETWEEN 23 AND 26
  UNION ALL
  SELECT
    d.n, d.day, d.impressions / 2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, d.at - INTERVAL '5 minutes', NULL
  FROM days d
  WHERE d.trap = 25
  RETURNING 1
),
new_daily_stats AS (
  INSERT INTO social.daily_stats (entity_id, entity_type, stat_date, stats, created_at, updated_at)
  SELECT
    d.n, CASE d.trap WHEN 27 THEN 'story' WHEN 28 THEN ' POST' ELSE 'post' END, d.day,
    CASE d.trap
      WHEN 29 THEN '{"likes": "12", "Shares!": 1}'
      ELSE jsonb_build_object(
        'impressions', d.impressions + CASE d.trap WHEN 26 THEN 11 ELSE 0 END, 'likes',
          d.impressions * (d.h2 % 60) / 1000,
        'completion_rate', ROUND((d.h5 % 1000) / 1000.0, 4)) END,
    d.at, NULL::timestamptz
  FROM days d
  WHERE d.h5 / 10 % 10 < 5 OR d.trap BETWEEN 26 AND 29
  UNION ALL
  SELECT
    a.id, 'account', (a.at - make_interval(days => d.d))::date,
    jsonb_build_object('followers', 5000 + a.workspace * 100 - d.d * 3),
      (a.at - make_interval(days => d.d)) AT TIME ZONE 'UTC',
    NULL
  FROM accounts a
  CROSS JOIN generate_series(0, 60) d (d)
  WHERE d.d % 3 = 0
  RETURNING 1
),
new_account_analytics AS (
  INSERT INTO social.account_analytics (
    account_id, day, followers, following, profile_views, impressions, reach, engagement_rate, created_at)
  SELECT
    a.id, (a.at - make_interval(days => d.d))::date, 5000 + a.workspace * 100 - d.d * 3, 300 + a.n, 50 + d.d % 17,
    9000 + d.d * 7, 7000 + d.d * 5, CASE WHEN d.d = 5 THEN 'NaN' ELSE 0.031 + d.d / 100000.0 END,
    (a.at - make_interval(days => d.d)) AT TIME ZONE 'UTC'
  FROM accounts a
  CROSS JOIN generate_series(0, 120) d (d)
  RETURNING 1
),
new_reels AS (
  INSERT INTO social.instagramreelsscraper (
    post_id, shortcode, music, duration_seconds, play_count, like_count, comment_count, scraped_at, created_at)
  SELECT
    d.n, 'C' || to_hex(d.n * 7919), CASE WHEN d.h1 % 3 = 0 THEN 'original audio' END, 10 + d.h2 % 80,
    d.impressions * (2 + d.d), d.impressions / 20, CASE d.trap WHEN 20 THEN -2 ELSE d.h2 % 60 END,
    CASE WHEN d.trap <> 19 THEN d.at END, d.at
  FROM days d
  WHERE d.platform = 'instagram' AND d.d IN (1, 7)
  RETURNING 1
),
new_duplicates AS (
  INSERT INTO social.instagramreelsscraper_duplicate (
    post_id, code, audio, duration, plays, likes, comments, scraped_at, created_at, updated_at)
  SELECT
    d.n, CASE d.trap WHEN 28 THEN 'Cdup' ELSE 'C' || to_hex(d.n * 7919) END, 'original audio', 10 + d.h2 % 80,
    d.impressions * (2 + d.d) + CASE d.trap WHEN 27 THEN 3 ELSE 0 END, d.impressions / 20, NULL,
    d.at + CASE WHEN d.h5 % 5 = 0 THEN INTERVAL '1 hour' ELSE INTERVAL '0' END, d.at, NULL
  FROM days d
  WHERE d.platform = 'instagram' AND d.d IN (1, 7) AND d.h5 % 10 < 6
  RETURNING 1
)
SELECT
  (SELECT COUNT(*) FROM posts) + (SELECT COUNT(*) FROM new_accounts) AS entities,
  (SELECT COUNT(*) FROM new_posts) + (SELECT COUNT(*) FROM new_post_analytics) + (SELECT COUNT(*) FROM new_daily_stats)
    + (SELECT COUNT(*) FROM new_account_analytics) + (SELECT COUNT(*) FROM new_reels)
    + (SELECT COUNT(*) FROM new_duplicates) + 0 * (SELECT COUNT(*) FROM new_workspaces)
    + 0 * (SELECT COUNT(*) FROM new_members) + 0 * (SELECT COUNT(*) FROM ids) AS old_rows
