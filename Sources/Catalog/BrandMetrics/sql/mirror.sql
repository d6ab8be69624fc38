-- name: mirror
-- takes: nothing
-- why: whatever any program writes to the wide table enters the repair queue in its own transaction, so that the new
--      tables follow. May run again.

-- DO UPDATE and not DO NOTHING: it waits for a repair that is under way and may have read before this write. In order
-- of key, so that two writers never wait for each other.
CREATE OR REPLACE FUNCTION switchyard.mirror_extracted_positions() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF current_setting('switchyard.is_writing', true) = 'on' THEN
    RETURN NULL;
  END IF;
  CASE TG_OP
    WHEN 'INSERT' THEN
      INSERT INTO switchyard.repair_queue (migration, key, subject, reason)
      SELECT DISTINCT 'brand-metrics', n.collector_result_id, n.brand_id::text, 'written by another program'
      FROM new_rows n
      ORDER BY 2, 3
      ON CONFLICT (migration, key, subject) DO UPDATE SET reason = excluded.reason, next_attempt_at = now();
    WHEN 'UPDATE' THEN
      INSERT INTO switchyard.repair_queue (migration, key, subject, reason)
      SELECT 'brand-metrics', w.collector_result_id, w.brand_id::text, 'written by another program'
      FROM (
        SELECT n.collector_result_id, n.brand_id FROM new_rows n
        UNION
        SELECT o.collector_result_id, o.brand_id FROM old_rows o) w
      ORDER BY 2, 3
      ON CONFLICT (migration, key, subject) DO UPDATE SET reason = excluded.reason, next_attempt_at = now();
    WHEN 'DELETE' THEN
      INSERT INTO switchyard.repair_queue (migration, key, subject, reason)
      SELECT DISTINCT 'brand-metrics', o.collector_result_id, o.brand_id::text, 'written by another program'
      FROM old_rows o
      ORDER BY 2, 3
      ON CONFLICT (migration, key, subject) DO UPDATE SET reason = excluded.reason, next_attempt_at = now();
    WHEN 'TRUNCATE' THEN
      -- there are no transition tables: every result that has a fact has lost its wide rows
      INSERT INTO switchyard.repair_queue (migration, key, subject, reason)
      SELECT 'brand-metrics', f.collector_result_id, f.brand_id::text, 'written by another program'
      FROM public.metric_facts f
      ORDER BY 2, 3
      ON CONFLICT (migration, key, subject) DO UPDATE SET reason = excluded.reason, next_attempt_at = now();
  END CASE;
  RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER switchyard_mirror_insert AFTER INSERT ON public.extracted_positions
  REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION switchyard.mirror_extracted_positions();
CREATE OR REPLACE TRIGGER switchyard_mirror_update AFTER UPDATE ON public.extracted_positions
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION switchyard.mirror_extracted_positions();
CREATE OR REPLACE TRIGGER switchyard_mirror_delete AFTER DELETE ON public.extracted_positions
  REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION switchyard.mirror_extracted_positions();
CREATE OR REPLACE TRIGGER switchyard_mirror_truncate AFTER TRUNCATE ON public.extracted_positions
  FOR EACH STATEMENT EXECUTE FUNCTION switchyard.mirror_extracted_positions();

-- Also for sessions with session_replication_role = replica.
ALTER TABLE public.extracted_positions ENABLE ALWAYS TRIGGER switchyard_mirror_insert;
ALTER TABLE public.extracted_positions ENABLE ALWAYS TRIGGER switchyard_mirror_update;
ALTER TABLE public.extracted_positions ENABLE ALWAYS TRIGGER switchyard_mirror_delete;
ALTER TABLE public.extracted_positions ENABLE ALWAYS TRIGGER switchyard_mirror_truncate;
