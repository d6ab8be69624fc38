-- name: ramps_list
-- takes: $1 text[] services
-- gives: service text, version bigint, canary_percent numeric, soaked double precision, guard json, ramp json,
--        requests bigint, failures bigint, comparisons bigint, differences bigint, slower bigint
-- why: flags that are on and have a ramp, with the seconds since they last changed and what all guards saw in them.
SELECT f.service, f.version, f.canary_percent,
       extract(epoch FROM clock_timestamp() - f.updated_at)::double precision AS soaked, f.guard, f.ramp,
       t.requests, t.failures, t.comparisons, t.differences, t.slower
FROM switchyard.flags f
CROSS JOIN LATERAL (
  SELECT coalesce(sum(t.requests), 0)::bigint AS requests, coalesce(sum(t.failures), 0)::bigint AS failures,
         coalesce(sum(t.comparisons), 0)::bigint AS comparisons, coalesce(sum(t.differences), 0)::bigint AS differences,
         coalesce(sum(t.slower), 0)::bigint AS slower
  FROM switchyard.canary_tallies t
  WHERE t.service = f.service AND t.version = f.version) t
WHERE f.service = ANY ($1::text[]) AND f.use_new_schema AND f.ramp IS NOT NULL
ORDER BY f.service
