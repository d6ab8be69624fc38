-- name: skipped_sync
-- takes: $1 text migration, $2 bigint[] keys, $3 text[] tables, $4 bigint[] ids, $5 bigint[] keys of these, $6 text[] reasons
-- why: what is on record of the old rows of these keys is what they are judged to be now: a row may have become one that is
--      skipped, or is none any more, since its key was copied, because of what it refers to. Rows that PostgreSQL refused
--      stay on record.
WITH judged AS (
  SELECT j.table_name, j.id, j.key, j.reason
  FROM unnest($3::text[], $4::bigint[], $5::bigint[], $6::text[]) j (table_name, id, key, reason)
),
gone AS (
  DELETE FROM switchyard.skipped_rows s
  WHERE s.migration = $1::text AND s.key = ANY ($2::bigint[]) AND s.reason <> 'refused'
    AND NOT EXISTS (SELECT FROM judged j WHERE j.table_name = s.table_name AND j.id = s.id)
)
INSERT INTO switchyard.skipped_rows AS s (migration, table_name, id, key, reason)
SELECT $1::text, j.table_name, j.id, j.key, j.reason FROM judged j
ON CONFLICT (migration, table_name, id) DO UPDATE SET key = excluded.key, reason = excluded.reason
WHERE (s.key, s.reason) IS DISTINCT FROM (excluded.key, excluded.reason)
