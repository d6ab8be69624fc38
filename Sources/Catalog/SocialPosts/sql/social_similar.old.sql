-- name: social_similar.old
-- takes: $1 uuid (organization), $2 bigint (post), $3 integer (how many, at most 100)
-- gives: section text, entity_id bigint, platform text, status text, at text, text text, distance numeric
-- why: the posts of the organization that say nearly the same, nearest first, then by number: cosine distance between
--      vectors of the same model and version, to six decimals. Asked of the old tables as production does: posts of a
--      workspace by its id or its team, rows at fault skipped, values of a post or a day put together from every table
--      that may have them. Equal to the new one also while skipped rows are visible, but for those that were refused.

WITH
-- include: social_old_posts
vectors AS MATERIALIZED (
  SELECT
    p.id AS entity_id, p.platform, p.status, p.at, p.text, p.embedding::real[] AS embedding,
    split_part(lower(btrim(p.embedding_model, E' \t\r\n') COLLATE "C") COLLATE "default", '@', 1) AS model,
    COALESCE(NULLIF(split_part(lower(btrim(p.embedding_model, E' \t\r\n') COLLATE "C") COLLATE "default", '@', 2), ''),
      '1') AS version
  FROM sound_posts p
  WHERE CASE WHEN array_ndims(p.embedding) = 1 AND array_lower(p.embedding, 1) = 1 AND cardinality(p.embedding) <= 4000
        AND lower(btrim(p.embedding_model, E' \t\r\n') COLLATE "C") COLLATE "default"
          ~ '^[a-z0-9][a-z0-9._/-]{0,99}(@[1-9][0-9]{0,3})?$'
      THEN (
        SELECT bool_and(COALESCE(e.value = 0 OR abs(e.value) BETWEEN 1e-15 AND 1e4, false)) AND bool_or(e.value <> 0)
        FROM unnest(p.embedding) e (value)) END
)
SELECT
  'posts'::text AS section, o.entity_id, o.platform, o.status,
  to_char(o.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at, o.text,
  d.distance
FROM vectors s
JOIN vectors o ON o.model = s.model AND o.version = s.version AND o.entity_id <> s.entity_id
  AND cardinality(o.embedding) = cardinality(s.embedding)
CROSS JOIN LATERAL (
  SELECT ROUND((1 - sum(v.x::float8 * v.y::float8)
    / (sqrt(sum(v.x::float8 * v.x::float8)) * sqrt(sum(v.y::float8 * v.y::float8))))::numeric, 6) AS distance
  FROM unnest(o.embedding, s.embedding) v (x, y)) d
WHERE s.entity_id = $2::bigint
ORDER BY d.distance, o.entity_id
LIMIT LEAST($3::integer, 100)
