-- name: social_old_reels
-- takes: t, which stands before it, with entity_id bigint
-- gives: s and d (shortcode text, music text, seconds integer), one row each: what either scraper's last good scrape says
-- why: a part of the old services: the reel of a post

  LEFT JOIN LATERAL (
    SELECT l.shortcode, l.music, l.seconds
    FROM (
      SELECT DISTINCT ON (o.scraped_at)
        o.scraped_at, o.shortcode AS shortcode, o.music AS music, o.duration_seconds AS seconds,
        LEAST(o.play_count, o.like_count, o.comment_count, o.duration_seconds) < 0 IS NOT TRUE
          AND num_nonnulls(o.play_count, o.like_count, o.comment_count, o.shortcode, o.music,
            o.duration_seconds) > 0 AS is_good
      FROM social.instagramreelsscraper o
      WHERE o.post_id = t.entity_id
        AND o.scraped_at >= '0001-01-01 00:00:00+00' AND o.scraped_at < '10000-01-01 00:00:00+00'
      ORDER BY o.scraped_at, o.created_at DESC, o.id DESC) l
    WHERE l.is_good
    ORDER BY l.scraped_at DESC
    LIMIT 1) s ON true
  LEFT JOIN LATERAL (
    SELECT l.shortcode, l.music, l.seconds
    FROM (
      SELECT DISTINCT ON (o.scraped_at)
        o.scraped_at, o.code AS shortcode, o.audio AS music, o.duration AS seconds,
        LEAST(o.plays, o.likes, o.comments, o.duration) < 0 IS NOT TRUE
          AND num_nonnulls(o.plays, o.likes, o.comments, o.code, o.audio, o.duration) > 0 AS is_good
      FROM social.instagramreelsscraper_duplicate o
      WHERE o.post_id = t.entity_id
        AND o.scraped_at >= '0001-01-01 00:00:00+00' AND o.scraped_at < '10000-01-01 00:00:00+00'
      ORDER BY o.scraped_at, GREATEST(o.created_at, o.updated_at) DESC, o.id DESC) l
    WHERE l.is_good
    ORDER BY l.scraped_at DESC
    LIMIT 1) d ON true
