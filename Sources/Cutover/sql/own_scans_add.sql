-- name: own_scans_add
-- takes: $1 text migration, $2 text[] old tables
-- why: the scans of the old tables since own_scans_begin, in this transaction, are maintenance, and nobody's read.
INSERT INTO switchyard.own_scans (migration, scans)
SELECT $1::text, s.scans - s.scans_before
FROM (
  SELECT switchyard.count_scans($2::text[]) AS scans,
         nullif(current_setting('switchyard.scans_before', true), '')::bigint AS scans_before) s
WHERE s.scans > s.scans_before
