-- name: table_sizes
-- takes: $1 text[] names, $2 text[] the same with their schema
-- gives: name text, row_estimate bigint, heap_bytes bigint, bytes bigint, index_bytes bigint
-- why: what each table weighs, with its indexes and long values: a partitioned one what its partitions do. A view
--      weighs nothing and is skipped.
SELECT n.name, nullif(c.reltuples, -1)::bigint AS row_estimate, sum(pg_relation_size(p.relid))::bigint AS heap_bytes,
       sum(pg_total_relation_size(p.relid))::bigint AS bytes, sum(pg_indexes_size(p.relid))::bigint AS index_bytes
FROM unnest($1::text[], $2::text[]) WITH ORDINALITY n (name, qualified, place)
JOIN pg_class c ON c.oid = to_regclass(n.qualified) AND c.relkind IN ('r', 'm', 'p')
-- the tree of a table that is not partitioned is the table itself, and that of a view is empty
CROSS JOIN LATERAL (
  SELECT t.relid FROM pg_partition_tree(c.oid) t UNION SELECT c.oid) p
GROUP BY n.place, n.name, c.reltuples
ORDER BY n.place
