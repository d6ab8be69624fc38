-- name: flags_history
-- takes: $1 integer limit
-- gives: at text, by text, service text, from json, to json, reason text
-- why: who changed what, newest first.
SELECT to_char(h.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at, h.by, h.service, h."from", h."to", h.reason
FROM switchyard.flag_history h
ORDER BY h.id DESC
LIMIT $1::integer
