-- name: canary_tallies_tell
-- takes: $1 text process, $2 text[] services, $3 bigint[] versions, $4 bigint[] requests, $5 bigint[] failures,
--        $6 bigint[] comparisons, $7 bigint[] differences, $8 bigint[] slower
-- why: what the guards of this process have seen in all, as far as the flags are still the same.
INSERT INTO switchyard.canary_tallies AS t (service, version, process, requests, failures, comparisons, differences, slower)
SELECT n.service, n.version, $1::text, n.requests, n.failures, n.comparisons, n.differences, n.slower
FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[])
     n (service, version, requests, failures, comparisons, differences, slower)
JOIN switchyard.flags f USING (service, version)
ORDER BY n.service
ON CONFLICT (service, version, process) DO UPDATE
SET requests = excluded.requests, failures = excluded.failures, comparisons = excluded.comparisons,
    differences = excluded.differences, slower = excluded.slower
WHERE (t.requests, t.failures, t.comparisons, t.differences, t.slower)
      IS DISTINCT FROM (excluded.requests, excluded.failures, excluded.comparisons, excluded.differences, excluded.slower)
