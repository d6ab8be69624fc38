-- name: explained_rows
-- takes: $1 bigint[] (collector results), $2 text[] and $3 bigint[] (tables and ids of wide rows
--        that PostgreSQL refused)
-- gives: table_name text, id bigint, key bigint, reason text, is_skipped boolean, subjects uuid[]
-- why: the wide rows that make the two schemas answer differently, each with its reason: those that are not copied, and
--      copied ones whose cell is not that of their brand row. Needs the old tables only.

WITH refused (id) AS (SELECT r.id FROM unnest($2::text[], $3::bigint[]) r (table_name, id)),
-- include: judged_rows
explained AS (
  SELECT b.id, b.collector_result_id, b.reason, true AS is_skipped, NULL::uuid[] AS subjects
  FROM judged_brand_rows b
  WHERE b.reason IS NOT NULL
  UNION ALL
  SELECT c.id, c.collector_result_id, COALESCE(c.reason, 'differs_from_brand_row'), c.reason IS NOT NULL,
    CASE WHEN c.reason IS NULL THEN ARRAY[c.owner_id, c.brand_id] END
  FROM judged_competitor_rows c
  WHERE c.reason IS NOT NULL OR NOT c.has_its_cell
)
SELECT 'extracted_positions' AS table_name, e.id, e.collector_result_id AS key, e.reason, e.is_skipped, e.subjects
FROM explained e
ORDER BY e.id
