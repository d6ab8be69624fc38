-- name: social_similar.new
-- takes: $1 uuid (organization), $2 bigint (post), $3 integer (how many, at most 100)
-- gives: section text, entity_id bigint, platform text, status text, at text, text text, distance numeric
-- why: the posts of the organization that say nearly the same, nearest first, then by number: cosine distance between
--      vectors of the same model and version, to six decimals

SELECT
  'posts'::text AS section, p.entity_id, p.platform, p.status,
  to_char(p.happens_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at,
  c.text, n.distance
FROM social.similar_posts($1::uuid, $2::bigint,
  LEAST($3::integer, 100)) n
JOIN social.posts_core p ON p.entity_id = n.entity_id
JOIN social.posts_content c ON c.entity_id = n.entity_id
ORDER BY n.distance, n.entity_id
