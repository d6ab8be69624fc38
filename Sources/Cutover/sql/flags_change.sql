-- name: flags_change
-- takes: $1 text[] services, $2 jsonb fields to change, $3 text by, $4 text reason
-- why: changes flags, records what changed, and wakes every process.
WITH before AS (
  SELECT * FROM switchyard.flags WHERE service = ANY ($1::text[]) ORDER BY service FOR UPDATE
), wanted AS (
  SELECT b.service,
         CASE WHEN $2::jsonb ? 'use_new_schema' THEN ($2::jsonb ->> 'use_new_schema')::boolean
              ELSE b.use_new_schema END AS use_new_schema,
         CASE WHEN $2::jsonb ? 'canary_percent' THEN ($2::jsonb ->> 'canary_percent')::numeric(5,2)
              ELSE b.canary_percent END AS canary_percent,
         CASE WHEN $2::jsonb ? 'shadow_percent' THEN ($2::jsonb ->> 'shadow_percent')::numeric(5,2)
              ELSE b.shadow_percent END AS shadow_percent,
         CASE WHEN $2::jsonb ? 'guard' THEN nullif($2::jsonb -> 'guard', 'null') ELSE b.guard::jsonb END AS guard,
         CASE WHEN $2::jsonb ? 'ramp' THEN nullif($2::jsonb -> 'ramp', 'null') ELSE b.ramp::jsonb END AS ramp
  FROM before b
), changes AS (
  SELECT w.*, old.field, old.value AS old_value, new.value AS new_value
  FROM wanted w
  JOIN before b USING (service)
  CROSS JOIN LATERAL jsonb_each(jsonb_build_object(
    'use_new_schema', b.use_new_schema, 'canary_percent', b.canary_percent, 'shadow_percent', b.shadow_percent,
    'guard', b.guard::jsonb, 'ramp', b.ramp::jsonb)) AS old (field, value)
  JOIN LATERAL jsonb_each(jsonb_build_object(
    'use_new_schema', w.use_new_schema, 'canary_percent', w.canary_percent, 'shadow_percent', w.shadow_percent,
    'guard', w.guard, 'ramp', w.ramp)) AS new (field, value) ON new.field = old.field
  WHERE old.value IS DISTINCT FROM new.value
), recorded AS (
  INSERT INTO switchyard.flag_history (by, service, "from", "to", reason)
  SELECT $3::text, service, json_object_agg(field, old_value ORDER BY field), json_object_agg(field, new_value ORDER BY field), $4::text
  FROM changes
  GROUP BY service
  RETURNING service
), changed AS (
  UPDATE switchyard.flags f
  SET use_new_schema = w.use_new_schema, canary_percent = w.canary_percent, shadow_percent = w.shadow_percent,
      guard = CASE WHEN w.guard IS NOT NULL THEN json_build_object(
        'error_rate', w.guard -> 'error_rate', 'latency_ratio', w.guard -> 'latency_ratio',
        'mismatch_rate', w.guard -> 'mismatch_rate', 'min_samples', w.guard -> 'min_samples') END,
      ramp = CASE WHEN w.ramp IS NOT NULL THEN json_build_object(
        'steps', w.ramp -> 'steps', 'soak_s', w.ramp -> 'soak_s') END,
      version = f.version + 1, updated_at = clock_timestamp(), updated_by = $3::text
  FROM wanted w
  WHERE f.service = w.service AND w.service IN (SELECT service FROM recorded)
  RETURNING f.service
)
SELECT pg_notify('switchyard_flags', '') FROM (SELECT count(*) FROM changed) counted (n) WHERE n > 0
