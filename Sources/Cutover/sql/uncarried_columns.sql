-- name: uncarried_columns
-- takes: $1 text[] old tables, $2 text[] the same with their schema, $3 text[] their compatibility views
-- gives: name text, look text
-- why: columns that a table has and its compatibility view has not, each with the query that tells whether it holds values.
SELECT n.name || '.' || a.attname AS name,
       format('SELECT EXISTS (SELECT FROM %s t WHERE t.%I IS NOT NULL) AS holds_values', n.qualified, a.attname) AS look
FROM unnest($1::text[], $2::text[], $3::text[]) n (name, qualified, view)
JOIN pg_attribute a ON a.attrelid = to_regclass(n.qualified) AND a.attnum > 0 AND NOT a.attisdropped
WHERE NOT EXISTS (
  SELECT FROM pg_attribute v
  WHERE v.attrelid = to_regclass(n.view) AND v.attname = a.attname AND v.attnum > 0 AND NOT v.attisdropped)
ORDER BY n.name, a.attnum
