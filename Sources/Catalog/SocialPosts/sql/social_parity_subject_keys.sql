-- name: social_parity_subject_keys
-- takes: $1 uuid (organization)
-- gives: key bigint
-- why: the posts and accounts that are an organization's, if old rows are asked (or the compatibility views)
--      or new ones

SELECT p.id AS key
FROM social.workspaces w
JOIN social.posts p ON p.workspace_id = w.id
WHERE w.id = $1::uuid
UNION
SELECT p.id
FROM social.workspaces w
JOIN social.posts p ON lower(btrim(p.team, E' \t\r\n') COLLATE "C") COLLATE "default" = w.slug
WHERE w.id = $1::uuid
UNION
SELECT a.id
FROM social.accounts a
WHERE a.workspace_id = $1::uuid
UNION
SELECT c.entity_id
FROM social.posts_core c
WHERE c.organization_id = $1::uuid
UNION
SELECT t.entity_id
FROM social.time_series_metrics t
WHERE t.organization_id = $1::uuid
ORDER BY 1
