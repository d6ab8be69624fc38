-- name: shadow_differences_list
-- takes: $1 text service, $2 bigint limit
-- gives: token text, at text, path text, subject text, parameters json, differences json
-- why: a service's last differences.
SELECT d.token::text AS token, to_char(d.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at, d.path, d.subject,
       d.parameters, d.differences
FROM switchyard.shadow_differences d
WHERE d.service = $1::text
ORDER BY d.at DESC
LIMIT $2::bigint
