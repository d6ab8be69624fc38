-- name: phase_moves
-- takes: $1 text migration, $2 integer limit
-- gives: at text, step text, from_phase text, to_phase text, by text, reason text, is_forced boolean
-- why: who moved the migration, newest first.
SELECT to_char(p.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at, p.step, p.from_phase, p.to_phase, p.by, p.reason,
       p.forced IS NOT NULL AS is_forced
FROM switchyard.phase_moves p
WHERE p.migration = $1::text
ORDER BY p.id DESC
LIMIT $2::integer
