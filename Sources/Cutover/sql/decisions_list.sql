-- name: decisions_list
-- takes: $1 integer limit
-- gives: at text, service text, version bigint, decision text, cause text, reason text, numbers json
-- why: what guards and ramps decided, newest first.
SELECT to_char(d.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at, d.service, d.version, d.decision, d.cause,
       d.reason, d.numbers
FROM switchyard.rollout_decisions d
ORDER BY d.id DESC
LIMIT $1::integer
