-- name: hidden_old_rows
-- takes: $1 text[] old tables
-- gives: tables text, role text
-- why: tables and partitions whose row-level security applies to us; NULL: none. Views under the old names are left alone.
SELECT string_agg(DISTINCT c.oid::regclass::text, ', ') AS tables, current_user::text AS role
FROM unnest($1::text[]) n (name)
CROSS JOIN LATERAL (
  SELECT t.relid FROM pg_partition_tree(to_regclass(n.name)) t UNION SELECT to_regclass(n.name)) p (relid)
JOIN pg_class c ON c.oid = p.relid AND c.relkind IN ('r', 'p')
WHERE row_security_active(c.oid)
