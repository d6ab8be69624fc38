-- name: dual_write_change
-- takes: $1 text migration, $2 boolean on, $3 text by, $4 text reason
-- gives: dual_write boolean
-- why: turns dual write on or off and records it.
WITH before AS (
  SELECT m.name, m.dual_write FROM switchyard.migrations m WHERE m.name = $1::text FOR UPDATE
), recorded AS (
  INSERT INTO switchyard.flag_history (by, service, "from", "to", reason)
  SELECT $3::text, NULL, json_build_object('dual_write', b.dual_write), json_build_object('dual_write', $2::boolean), $4::text
  FROM before b
  WHERE b.dual_write <> $2::boolean
)
UPDATE switchyard.migrations m
SET dual_write = $2::boolean
FROM before b
WHERE m.name = b.name
RETURNING m.dual_write
