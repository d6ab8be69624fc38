-- name: content_old_snapshots
-- takes: posted, which stands before it, with decision_id bigint and posted_at timestamptz
-- gives: rated_snapshots (post, the row of posted, decision_id bigint, collected_at timestamptz, collected_pass text,
--        likes bigint, retweets bigint, views bigint, engagement_rate numeric)
-- why: a part of the old services: what was measured of these posts, put together from four tables

snapshots AS MATERIALIZED (
  SELECT
    c AS post, c.decision_id, k.collected_at,
    COALESCE(o.pass, r.pass, m.pass, CASE
      WHEN k.collected_at - c.posted_at >= INTERVAL '7 days' THEN 'T+7d'
      WHEN k.collected_at - c.posted_at >= INTERVAL '24 hours' THEN 'T+24h'
      ELSE 'T+1h' END) AS collected_pass,
    COALESCE(o.likes, r.likes_count, a.likes, m.likes_count) AS likes,
    COALESCE(o.retweets, r.retweets_count, a.retweets, m.retweets_count) AS retweets,
    COALESCE(r.impressions, a.impressions, o.views, m.views_count) AS views,
    COALESCE(o.rate, r.rate, a.rate) AS rate
  FROM posted c
  CROSS JOIN LATERAL (
    SELECT o.collected_at FROM content.outcomes o WHERE o.decision_id = c.decision_id
    UNION
    SELECT r.collected_at FROM content.real_tweet_metrics r WHERE r.decision_id = c.decision_id
    UNION
    SELECT a.captured_at FROM content.tweet_analytics a WHERE a.decision_id = c.decision_id
    UNION
    SELECT t.captured_at FROM content.tweet_metrics t WHERE t.decision_id = c.decision_id) k
  LEFT JOIN LATERAL (
    SELECT
      o.tweet_id, o.likes, o.retweets, o.views, ROUND(o.engagement_rate, 4) AS rate,
      CASE lower(btrim(o.collected_pass, E' \t\r\n') COLLATE "C")
        WHEN 't+1h' THEN 'T+1h' WHEN 't+24h' THEN 'T+24h' WHEN 't+7d' THEN 'T+7d' END AS pass,
      (LEAST(o.likes, o.retweets, o.views) >= 0) IS NOT FALSE
        AND (ROUND(o.engagement_rate, 4) BETWEEN -999.9999 AND 999.9999) IS NOT FALSE
        AND (lower(btrim(o.collected_pass, E' \t\r\n') COLLATE "C") IN ('t+1h', 't+24h', 't+7d')) IS NOT FALSE
        AND (o.collected_at >= '0001-01-01 00:00:00+00' AND o.collected_at < '10000-01-01 00:00:00+00') IS NOT FALSE
        AS is_good
    FROM content.outcomes o
    WHERE o.decision_id = c.decision_id AND o.collected_at = k.collected_at
    ORDER BY o.created_at DESC, o.id DESC
    LIMIT 1) o ON o.is_good
  LEFT JOIN LATERAL (
    SELECT
      o.tweet_id, o.likes_count, o.retweets_count, o.impressions, ROUND(o.engagement_rate, 4) AS rate,
      CASE lower(btrim(o.collection_phase, E' \t\r\n') COLLATE "C")
        WHEN 't+1h' THEN 'T+1h' WHEN 't+24h' THEN 'T+24h' WHEN 't+7d' THEN 'T+7d' END AS pass,
      (LEAST(o.likes_count, o.retweets_count, o.impressions) >= 0) IS NOT FALSE
        AND (ROUND(o.engagement_rate, 4) BETWEEN -999.9999 AND 999.9999) IS NOT FALSE
        AND (lower(btrim(o.collection_phase, E' \t\r\n') COLLATE "C") IN ('t+1h', 't+24h', 't+7d')) IS NOT FALSE
        AND (o.collected_at >= '0001-01-01 00:00:00+00' AND o.collected_at < '10000-01-01 00:00:00+00') IS NOT FALSE
        AS is_good
    FROM content.real_tweet_metrics o
    WHERE o.decision_id = c.decision_id AND o.collected_at = k.collected_at
    ORDER BY GREATEST(o.created_at, o.updated_at) DESC, o.id DESC
    LIMIT 1) r ON r.is_good
  LEFT JOIN LATERAL (
    SELECT
      o.tweet_id, o.likes, o.retweets, o.impressions, ROUND(o.engagement_rate, 4) AS rate,
      (LEAST(o.likes, o.retweets, o.impressions) >= 0) IS NOT FALSE
        AND (ROUND(o.engagement_rate, 4) BETWEEN -999.9999 AND 999.9999) IS NOT FALSE
        AND (o.captured_at >= '0001-01-01 00:00:00+00' AND o.captured_at < '10000-01-01 00:00:00+00') IS NOT FALSE
        AS is_good
    FROM content.tweet_analytics o
    WHERE o.decision_id = c.decision_id AND o.captured_at = k.collected_at
    ORDER BY o.created_at DESC, o.id DESC
    LIMIT 1) a ON a.is_good
  LEFT JOIN LATERAL (
    SELECT
      o.tweet_id, o.likes_count, o.retweets_count, o.views_count,
      CASE lower(btrim(o.collection_phase, E' \t\r\n') COLLATE "C")
        WHEN 't+1h' THEN 'T+1h' WHEN 't+24h' THEN 'T+24h' WHEN 't+7d' THEN 'T+7d' END AS pass,
      (LEAST(o.likes_count, o.retweets_count, o.views_count) >= 0) IS NOT FALSE
        AND (lower(btrim(o.collection_phase, E' \t\r\n') COLLATE "C") IN ('t+1h', 't+24h', 't+7d')) IS NOT FALSE
        AND (o.captured_at >= '0001-01-01 00:00:00+00' AND o.captured_at < '10000-01-01 00:00:00+00') IS NOT FALSE
        AS is_good
    FROM content.tweet_metrics o
    WHERE o.decision_id = c.decision_id AND o.captured_at = k.collected_at
    ORDER BY GREATEST(o.created_at, o.updated_at) DESC, o.id DESC
    LIMIT 1) m ON m.is_good
  WHERE o.is_good OR r.is_good OR a.is_good OR m.is_good
),
rated_snapshots AS (
  SELECT
    s.post, s.decision_id, s.collected_at, s.collected_pass, s.likes, s.retweets, s.views,
    COALESCE(s.rate, CASE
      WHEN s.views > 0 AND ROUND((s.likes::numeric + s.retweets) / NULLIF(s.views, 0), 4) < 1000
        THEN ROUND((s.likes::numeric + s.retweets) / NULLIF(s.views, 0), 4) END)::numeric(7,4) AS engagement_rate
  FROM snapshots s
),
