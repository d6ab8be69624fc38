-- name: changed_keys_take
-- takes: $1 text migration, $2 integer limit
-- gives: key bigint
-- why: some of the keys whose new rows were written; what is noted of them later is noted again.
WITH taken AS (
  DELETE FROM switchyard.changed_keys c
  WHERE c.migration = $1::text AND c.key IN (
    SELECT DISTINCT n.key FROM switchyard.changed_keys n WHERE n.migration = $1::text ORDER BY n.key LIMIT $2::integer)
  RETURNING c.key
)
SELECT DISTINCT t.key FROM taken t
