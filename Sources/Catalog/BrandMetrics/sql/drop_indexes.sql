-- name: drop_indexes
-- takes: nothing
-- why: the archived table without its indexes, but for those of constraints. May run again.

DO $$
DECLARE
  secondary REGCLASS;
BEGIN
  FOR secondary IN
    SELECT i.indexrelid
    FROM pg_index i
    WHERE i.indrelid = 'extracted_positions_archived'::regclass
      AND NOT i.indisreplident
      AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
    ORDER BY i.indexrelid
  LOOP
    INSERT INTO switchyard.archived_indexes (migration, definition)
    VALUES ('brand-metrics', pg_get_indexdef(secondary));
    EXECUTE format('DROP INDEX %s', secondary);
  END LOOP;
END
$$;
