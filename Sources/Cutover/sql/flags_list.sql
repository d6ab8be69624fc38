-- name: flags_list
-- takes: $1 text[] services
-- gives: service text, use_new_schema boolean, canary_percent numeric, shadow_percent numeric, guard json, ramp json,
--        version bigint, updated_at text, updated_by text
-- why: the flags as the API shows them, in the catalog's order.
SELECT f.service, f.use_new_schema, f.canary_percent, f.shadow_percent, f.guard, f.ramp, f.version,
       to_char(f.updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS updated_at, f.updated_by
FROM switchyard.flags f
WHERE f.service = ANY ($1::text[])
ORDER BY array_position($1::text[], f.service)
