-- name: parity_fingerprints
-- takes: $1 bigint[] (collector results), $2 text[] and $3 bigint[] (tables and ids of wide rows
--        that PostgreSQL refused)
-- gives: table_name text, expected_rows bigint, actual_rows bigint, rows_to_write bigint, differing bigint[],
--        unchanged bigint
-- why: which collector results have other star rows than the mapping gives: by count and sum of the rows' hashes,
--      and how many of them have star rows, all of them right

WITH refused (id) AS (SELECT r.id FROM unnest($2::text[], $3::bigint[]) r (table_name, id)),
-- include: judged_rows
-- include: star_rows
pairs AS (
  -- by a row's bytes, as it would be sent: hashes of numbers know no sign, and those of JSON take an empty list for NULL
  SELECT 1 AS place, key, e.hash AS expected, a.hash AS actual
  FROM (
    SELECT r.collector_result_id AS key, r.copy, hash_record_extended(ROW(record_send(r)), 0) AS hash
    FROM expected_facts r) e
  FULL JOIN (
    SELECT r.collector_result_id AS key, r.copy, hash_record_extended(ROW(record_send(r)), 0) AS hash
    FROM actual_facts r) a USING (key, copy)
  UNION ALL
  SELECT 2, key, e.hash, a.hash
  FROM (
    SELECT r.collector_result_id AS key, r.copy, hash_record_extended(ROW(record_send(r)), 0) AS hash
    FROM expected_brand_metrics r) e
  FULL JOIN (
    SELECT r.collector_result_id AS key, r.copy, hash_record_extended(ROW(record_send(r)), 0) AS hash
    FROM actual_brand_metrics r) a USING (key, copy)
  UNION ALL
  SELECT 3, key, e.hash, a.hash
  FROM (
    SELECT r.collector_result_id AS key, r.competitor_id, r.copy, hash_record_extended(ROW(record_send(r)), 0) AS hash
    FROM expected_competitor_metrics r) e
  FULL JOIN (
    SELECT r.collector_result_id AS key, r.competitor_id, r.copy, hash_record_extended(ROW(record_send(r)), 0) AS hash
    FROM actual_competitor_metrics r) a USING (key, competitor_id, copy)
  UNION ALL
  SELECT 4, key, e.hash, a.hash
  FROM (
    SELECT r.collector_result_id AS key, r.copy, hash_record_extended(ROW(record_send(r)), 0) AS hash
    FROM expected_brand_sentiment r) e
  FULL JOIN (
    SELECT r.collector_result_id AS key, r.copy, hash_record_extended(ROW(record_send(r)), 0) AS hash
    FROM actual_brand_sentiment r) a USING (key, copy)
  UNION ALL
  SELECT 5, key, e.hash, a.hash
  FROM (
    SELECT r.collector_result_id AS key, r.competitor_id, r.copy, hash_record_extended(ROW(record_send(r)), 0) AS hash
    FROM expected_competitor_sentiment r) e
  FULL JOIN (
    SELECT r.collector_result_id AS key, r.competitor_id, r.copy, hash_record_extended(ROW(record_send(r)), 0) AS hash
    FROM actual_competitor_sentiment r) a USING (key, competitor_id, copy)
),
fingerprints AS (
  SELECT
    p.place,
    p.key,
    COUNT(p.expected) AS expected_rows,
    COUNT(p.actual) AS actual_rows,
    COUNT(*) FILTER (WHERE p.expected IS NOT NULL AND p.expected IS DISTINCT FROM p.actual) AS rows_to_write,
    COUNT(p.expected) <> COUNT(p.actual) OR SUM(p.expected) IS DISTINCT FROM SUM(p.actual) AS differs
  FROM pairs p
  GROUP BY p.place, p.key
)
SELECT
  t.name AS table_name,
  COALESCE(SUM(f.expected_rows), 0)::bigint AS expected_rows,
  COALESCE(SUM(f.actual_rows), 0)::bigint AS actual_rows,
  COALESCE(SUM(f.rows_to_write), 0)::bigint AS rows_to_write,
  COALESCE(array_agg(f.key ORDER BY f.key) FILTER (WHERE f.differs), '{}') AS differing,
  (SELECT COUNT(*)
   FROM (SELECT k.key FROM fingerprints k GROUP BY k.key HAVING NOT bool_or(k.differs)) u) AS unchanged
FROM (
  VALUES (1, 'metric_facts'), (2, 'brand_metrics'), (3, 'competitor_metrics'), (4, 'brand_sentiment'),
    (5, 'competitor_sentiment')) AS t (place, name)
LEFT JOIN fingerprints f ON f.place = t.place
GROUP BY t.place, t.name
ORDER BY t.place
