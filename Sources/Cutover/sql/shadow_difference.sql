-- name: shadow_difference
-- takes: $1 uuid token
-- gives: token text, at text, service text, path text, subject text, binds json, parameters json, differences json
-- why: one difference, to be asked again.
SELECT d.token::text AS token, to_char(d.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at, d.service, d.path,
       d.subject, to_json(d.binds) AS binds, d.parameters, d.differences
FROM switchyard.shadow_differences d
WHERE d.token = $1::uuid
