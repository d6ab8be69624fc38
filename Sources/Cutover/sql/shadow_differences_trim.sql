-- name: shadow_differences_trim
-- takes: $1 text service, $2 bigint kept
-- why: keeps the last ones.
DELETE FROM switchyard.shadow_differences d
WHERE d.service = $1::text AND d.token NOT IN (
  SELECT l.token FROM switchyard.shadow_differences l WHERE l.service = $1::text ORDER BY l.at DESC LIMIT $2::bigint)
