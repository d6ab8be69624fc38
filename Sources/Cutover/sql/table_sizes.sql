-- name: table_sizes
-- takes: $1 text[] names, $2 text[] the same with their schema
-- gives: name text, row_estimate bigint, heap_bytes bigint, bytes bigint, index_bytes bigint
-- why: what each table weighs, with its indexes and long values. A view weighs nothing and is left out.
SELECT n.name, nullif(c.reltuples, -1)::bigint AS row_estimate, pg_relation_size(c.oid) AS heap_bytes,
       pg_total_relation_size(c.oid) AS bytes, pg_indexes_size(c.oid) AS index_bytes
FROM unnest($1::text[], $2::text[]) WITH ORDINALITY n (name, qualified, place)
JOIN pg_class c ON c.oid = to_regclass(n.qualified) AND c.relkind IN ('r', 'm', 'p')
ORDER BY n.place
