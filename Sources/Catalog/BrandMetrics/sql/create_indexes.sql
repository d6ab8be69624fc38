-- name: create_indexes
-- takes: nothing
-- why: the archived table's indexes as they were, while nobody waits for it. May run again.

-- Where the table is, until the transaction ends.
SELECT set_config('search_path', quote_ident(n.nspname), true)
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.oid = 'extracted_positions_archived'::regclass;

DO $$
DECLARE
  remembered TEXT;
BEGIN
  FOR remembered IN SELECT i.definition FROM switchyard.archived_indexes i WHERE i.migration = 'brand-metrics' LOOP
    EXECUTE remembered;
  END LOOP;
END
$$;
DELETE FROM switchyard.archived_indexes WHERE migration = 'brand-metrics';
