-- name: phase_move
-- takes: $1 text migration, $2 text step, $3 text from, $4 text to, $5 text by, $6 text reason, $7 json forced,
--        $8 json evidence
-- why: the move and its record are one, and every process hears of it.
WITH recorded AS (
  INSERT INTO switchyard.phase_moves (migration, step, from_phase, to_phase, by, reason, forced, evidence)
  VALUES ($1::text, $2::text, $3::text, $4::text, $5::text, $6::text, $7::json, $8::json)
), moved AS (
  UPDATE switchyard.migrations SET phase = $4::text WHERE name = $1::text RETURNING name
)
SELECT pg_notify('switchyard_flags', '') FROM moved
