-- name: restore
-- takes: nothing
-- why: the wide table under its own name again, with its indexes, and the view gone. Indexes first, while nobody waits.

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

DROP VIEW extracted_positions;
ALTER TABLE extracted_positions_archived RENAME TO extracted_positions;
