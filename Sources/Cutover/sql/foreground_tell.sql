-- name: foreground_tell
-- takes: $1 text process, $2 integer p95 in milliseconds
-- why: how quick this process's requests were of late.
INSERT INTO switchyard.foreground (process, at, p95_ms) VALUES ($1::text, now(), $2::integer)
ON CONFLICT (process) DO UPDATE SET at = excluded.at, p95_ms = excluded.p95_ms
