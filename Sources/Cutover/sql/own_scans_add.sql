-- name: own_scans_add
-- takes: $1 text migration, $2 text old table
-- why: the scans of the old table since own_scans_begin, in this transaction, are maintenance, and nobody's read.
INSERT INTO switchyard.own_scans (migration, scans)
SELECT $1::text, s.scans - s.scans_before
FROM (
  SELECT pg_stat_get_xact_numscans(c.oid)
         + (SELECT coalesce(sum(pg_stat_get_xact_numscans(i.indexrelid)), 0) FROM pg_index i WHERE i.indrelid = c.oid) AS scans,
         nullif(current_setting('switchyard.scans_before', true), '')::bigint AS scans_before
  FROM pg_class c
  WHERE c.oid = to_regclass($2::text)) s
WHERE s.scans > s.scans_before
