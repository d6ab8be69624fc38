-- name: social_status
-- takes: nothing
-- gives: name text, state text, detail text
-- why: what `status` says of the new schema besides its phase

SELECT s.name, s.state, s.detail
FROM (
  SELECT
    1 AS place, 'similar posts' AS name,
    CASE WHEN to_regclass('social.idx_embeddings_hnsw') IS NOT NULL THEN 'HNSW' ELSE 'scan' END AS state,
    CASE
      WHEN to_regclass('social.idx_embeddings_hnsw') IS NOT NULL THEN
        'organizations with more than 10000 vectors: candidates by the index, then exact'
      WHEN EXISTS (SELECT FROM pg_extension x WHERE x.extname = 'vector') THEN
        'there were no vectors to make an index for; exact'
      WHEN EXISTS (SELECT FROM pg_available_extensions x WHERE x.name = 'vector') THEN
        'pgvector is installed, but was not added; exact'
      ELSE 'pgvector is not installed; exact' END AS detail
  UNION ALL
  SELECT
    2, 'tenants'' roles',
    CASE WHEN count(*) FILTER (WHERE r.role_name IS NULL) = 0 THEN 'complete' ELSE 'missing' END,
    format('%s organizations without a role%s', count(*) FILTER (WHERE r.role_name IS NULL),
      CASE WHEN NOT (SELECT u.rolsuper OR u.rolcreaterole FROM pg_roles u WHERE u.rolname = current_user)
        THEN '; ' || current_user || ' has no CREATEROLE' ELSE '' END)
  FROM social.organizations o
  LEFT JOIN social.organization_roles r ON r.organization_id = o.id
  UNION ALL
  SELECT
    3, 'partitions',
    CASE WHEN to_regclass('social.time_series_metrics_' || to_char(now() AT TIME ZONE 'UTC' + INTERVAL '1 month',
      'YYYY_MM'))
      IS NOT NULL THEN 'ahead' ELSE 'behind' END,
    format('%s months, %s taken out, %s rows in the default partition',
      (SELECT count(*) - 1 FROM pg_inherits i WHERE i.inhparent = 'social.time_series_metrics'::regclass),
      (SELECT count(*) FROM social.metric_archives), (SELECT count(*) FROM social.time_series_metrics_default))) s
ORDER BY s.place
