-- name: copy_rows
-- takes: $1 bigint[] (collector results)
-- gives: table_name text, id bigint
-- why: the wide rows that are copied, brand rows first: to find the one that PostgreSQL refuses

WITH refused (id) AS (SELECT NULL::bigint WHERE false),
-- include: judged_rows
copied AS (
  SELECT 0 AS place, b.id
  FROM judged_brand_rows b
  WHERE b.reason IS NULL
  UNION ALL
  SELECT 1, c.id
  FROM judged_competitor_rows c
  WHERE c.reason IS NULL
)
SELECT 'extracted_positions' AS table_name, c.id
FROM copied c
ORDER BY c.place, c.id
