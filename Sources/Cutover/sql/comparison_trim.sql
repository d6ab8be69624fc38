-- name: comparison_trim
-- takes: $1 integer hours
-- why: keeps the last hours, of which the running one is the last. The hour comes first in every key.
WITH span AS (
  SELECT date_trunc('hour', now(), 'UTC') - ($1::integer - 1) * interval '1 hour' AS since),
latencies AS (
  DELETE FROM switchyard.latencies l USING span w WHERE l.hour < w.since),
errors AS (
  DELETE FROM switchyard.read_errors r USING span w WHERE r.hour < w.since)
DELETE FROM switchyard.shadow_counts c USING span w WHERE c.hour < w.since
