-- name: comparison_services
-- takes: $1 text[] services, $2 integer hours
-- gives: since text, old_errors bigint, new_errors bigint, same bigint, explained bigint, different bigint
-- why: what failed and what differed in the last hours, of which the running one is the last; the services in their
--      given order.
WITH span AS (
  SELECT date_trunc('hour', now(), 'UTC') - ($2::integer - 1) * interval '1 hour' AS since)
SELECT to_char(w.since AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS since,
       e.old AS old_errors, e.new AS new_errors, c.same, c.explained, c.different
FROM span w CROSS JOIN unnest($1::text[]) WITH ORDINALITY s (service, place)
CROSS JOIN LATERAL (
  SELECT coalesce(sum(r.errors) FILTER (WHERE r.schema = 'old'), 0)::bigint AS old,
         coalesce(sum(r.errors) FILTER (WHERE r.schema = 'new'), 0)::bigint AS new
  FROM switchyard.read_errors r WHERE r.service = s.service AND r.hour >= w.since) e
CROSS JOIN LATERAL (
  SELECT coalesce(sum(n.comparisons) FILTER (WHERE n.outcome = 'same'), 0)::bigint AS same,
         coalesce(sum(n.comparisons) FILTER (WHERE n.outcome = 'explained'), 0)::bigint AS explained,
         coalesce(sum(n.comparisons) FILTER (WHERE n.outcome = 'different'), 0)::bigint AS different
  FROM switchyard.shadow_counts n WHERE n.service = s.service AND n.hour >= w.since) c
ORDER BY s.place
