-- name: freshness
-- takes: nothing
-- why: every write stamps its cells (brand, customer, collector, UTC day): a read takes clean cells from the view and
--      dirty ones from the facts. Run right after new_schema, in its transaction; the schema switchyard exists.

-- A row means: a transaction that the last refresh did not see has written to this cell. Rows are only inserted (by
-- writers) and deleted (by the refresh that saw them). No two transactions share a key, so writers never wait here.
-- It is empty after a refresh, and plans must not count on that: a table that keeps its pages is read by its index.
CREATE TABLE switchyard.brand_daily_dirty_cells (
  brand_id UUID NOT NULL,
  customer_id UUID NOT NULL,
  collector_type TEXT NOT NULL,
  metric_date DATE NOT NULL,
  xid XID8 NOT NULL DEFAULT pg_current_xact_id()
) WITH (vacuum_truncate = off);

CREATE UNIQUE INDEX idx_brand_daily_dirty_cells_cell
  ON switchyard.brand_daily_dirty_cells (brand_id, metric_date, collector_type, customer_id, xid);

COMMENT ON TABLE switchyard.brand_daily_dirty_cells IS 'Cells of mv_brand_daily_metrics written since its last refresh';

-- The triggers run for writers with any search_path and any role that may write to the tables.
CREATE FUNCTION switchyard.stamp_metric_facts() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP IN ('INSERT', 'UPDATE') THEN
    INSERT INTO switchyard.brand_daily_dirty_cells (brand_id, customer_id, collector_type, metric_date)
    SELECT DISTINCT n.brand_id, n.customer_id, n.collector_type, (n.processed_at AT TIME ZONE 'UTC')::date
    FROM new_rows n
    ON CONFLICT DO NOTHING;
  END IF;
  IF TG_OP IN ('DELETE', 'UPDATE') THEN
    INSERT INTO switchyard.brand_daily_dirty_cells (brand_id, customer_id, collector_type, metric_date)
    SELECT DISTINCT o.brand_id, o.customer_id, o.collector_type, (o.processed_at AT TIME ZONE 'UTC')::date
    FROM old_rows o
    ON CONFLICT DO NOTHING;
  END IF;
  RETURN NULL;
END
$$;

-- A fact changes its cell. Someone who writes to its metrics or sentiment at the same time stamps the cell that he
-- sees, the old one. So they meet: whoever comes second waits, and then sees the new cell or fails to serialize.
CREATE FUNCTION switchyard.hold_moved_facts() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  moved BIGINT[];
BEGIN
  moved := ARRAY(
    SELECT n.id
    FROM new_rows n
    WHERE NOT EXISTS (
      SELECT FROM old_rows o
      WHERE o.id = n.id
        AND o.brand_id = n.brand_id AND o.customer_id = n.customer_id AND o.collector_type = n.collector_type
        AND (o.processed_at AT TIME ZONE 'UTC')::date = (n.processed_at AT TIME ZONE 'UTC')::date)
    ORDER BY n.id);
  IF cardinality(moved) > 0 THEN
    IF current_setting('transaction_isolation') = 'read committed' THEN
      PERFORM f.id FROM public.metric_facts f WHERE f.id = ANY(moved) ORDER BY f.id FOR UPDATE;
      PERFORM bm.id FROM public.brand_metrics bm WHERE bm.metric_fact_id = ANY(moved) ORDER BY bm.id FOR UPDATE;
      PERFORM bs.id FROM public.brand_sentiment bs WHERE bs.metric_fact_id = ANY(moved) ORDER BY bs.id FOR UPDATE;
    ELSE
      -- rows that came after this snapshot cannot be locked one by one
      LOCK TABLE public.brand_metrics, public.brand_sentiment IN SHARE ROW EXCLUSIVE MODE;
    END IF;
  END IF;
  RETURN NULL;
END
$$;

-- For both children. A fact that is gone has stamped its cell itself. An old snapshot may show an old cell: then FOR
-- SHARE fails to serialize; READ COMMITTED sees the cell as it is.
CREATE FUNCTION switchyard.stamp_fact_children() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP IN ('INSERT', 'UPDATE') THEN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
      PERFORM f.id FROM public.metric_facts f WHERE f.id IN (SELECT n.metric_fact_id FROM new_rows n) FOR SHARE;
    END IF;
    INSERT INTO switchyard.brand_daily_dirty_cells (brand_id, customer_id, collector_type, metric_date)
    SELECT DISTINCT c.brand_id, c.customer_id, c.collector_type, c.metric_date
    FROM new_rows n
    CROSS JOIN LATERAL (
      SELECT f.brand_id, f.customer_id, f.collector_type, (f.processed_at AT TIME ZONE 'UTC')::date AS metric_date
      FROM public.metric_facts f
      WHERE f.id = n.metric_fact_id
      LIMIT 1) c
    ON CONFLICT DO NOTHING;
  END IF;
  IF TG_OP IN ('DELETE', 'UPDATE') THEN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
      PERFORM f.id FROM public.metric_facts f WHERE f.id IN (SELECT o.metric_fact_id FROM old_rows o) FOR SHARE;
    END IF;
    INSERT INTO switchyard.brand_daily_dirty_cells (brand_id, customer_id, collector_type, metric_date)
    SELECT DISTINCT c.brand_id, c.customer_id, c.collector_type, c.metric_date
    FROM old_rows o
    CROSS JOIN LATERAL (
      SELECT f.brand_id, f.customer_id, f.collector_type, (f.processed_at AT TIME ZONE 'UTC')::date AS metric_date
      FROM public.metric_facts f
      WHERE f.id = o.metric_fact_id
      LIMIT 1) c
    ON CONFLICT DO NOTHING;
  END IF;
  RETURN NULL;
END
$$;

-- TRUNCATE has no transition tables: before it, every cell that has facts is stamped.
CREATE FUNCTION switchyard.stamp_every_cell() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO switchyard.brand_daily_dirty_cells (brand_id, customer_id, collector_type, metric_date)
  SELECT DISTINCT f.brand_id, f.customer_id, f.collector_type, (f.processed_at AT TIME ZONE 'UTC')::date
  FROM public.metric_facts f
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END
$$;

CREATE TRIGGER switchyard_1_insert AFTER INSERT ON public.metric_facts
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION switchyard.stamp_metric_facts();
CREATE TRIGGER switchyard_1_update AFTER UPDATE ON public.metric_facts
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION switchyard.stamp_metric_facts();
CREATE TRIGGER switchyard_2_move AFTER UPDATE ON public.metric_facts
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION switchyard.hold_moved_facts();
CREATE TRIGGER switchyard_1_delete AFTER DELETE ON public.metric_facts
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION switchyard.stamp_metric_facts();
CREATE TRIGGER switchyard_1_truncate BEFORE TRUNCATE ON public.metric_facts
  FOR EACH STATEMENT EXECUTE FUNCTION switchyard.stamp_every_cell();

CREATE TRIGGER switchyard_1_insert AFTER INSERT ON public.brand_metrics
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION switchyard.stamp_fact_children();
CREATE TRIGGER switchyard_1_update AFTER UPDATE ON public.brand_metrics
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION switchyard.stamp_fact_children();
CREATE TRIGGER switchyard_1_delete AFTER DELETE ON public.brand_metrics
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION switchyard.stamp_fact_children();
CREATE TRIGGER switchyard_1_truncate BEFORE TRUNCATE ON public.brand_metrics
  FOR EACH STATEMENT EXECUTE FUNCTION switchyard.stamp_every_cell();

CREATE TRIGGER switchyard_1_insert AFTER INSERT ON public.brand_sentiment
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION switchyard.stamp_fact_children();
CREATE TRIGGER switchyard_1_update AFTER UPDATE ON public.brand_sentiment
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION switchyard.stamp_fact_children();
CREATE TRIGGER switchyard_1_delete AFTER DELETE ON public.brand_sentiment
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION switchyard.stamp_fact_children();
CREATE TRIGGER switchyard_1_truncate BEFORE TRUNCATE ON public.brand_sentiment
  FOR EACH STATEMENT EXECUTE FUNCTION switchyard.stamp_every_cell();

-- Also for sessions with session_replication_role = replica.
ALTER TABLE public.metric_facts ENABLE ALWAYS TRIGGER switchyard_1_insert;
ALTER TABLE public.metric_facts ENABLE ALWAYS TRIGGER switchyard_1_update;
ALTER TABLE public.metric_facts ENABLE ALWAYS TRIGGER switchyard_2_move;
ALTER TABLE public.metric_facts ENABLE ALWAYS TRIGGER switchyard_1_delete;
ALTER TABLE public.metric_facts ENABLE ALWAYS TRIGGER switchyard_1_truncate;
ALTER TABLE public.brand_metrics ENABLE ALWAYS TRIGGER switchyard_1_insert;
ALTER TABLE public.brand_metrics ENABLE ALWAYS TRIGGER switchyard_1_update;
ALTER TABLE public.brand_metrics ENABLE ALWAYS TRIGGER switchyard_1_delete;
ALTER TABLE public.brand_metrics ENABLE ALWAYS TRIGGER switchyard_1_truncate;
ALTER TABLE public.brand_sentiment ENABLE ALWAYS TRIGGER switchyard_1_insert;
ALTER TABLE public.brand_sentiment ENABLE ALWAYS TRIGGER switchyard_1_update;
ALTER TABLE public.brand_sentiment ENABLE ALWAYS TRIGGER switchyard_1_delete;
ALTER TABLE public.brand_sentiment ENABLE ALWAYS TRIGGER switchyard_1_truncate;

-- The view's rows as they would be if it were refreshed now: the view for clean cells, the facts for dirty ones. The
-- planner inlines it. NOT IN (no column is NULL) reads the stamps once, however few the planner expects. A string body
-- records no dependency: without the view the function fails when it runs, and it blocks no change of the view.
CREATE FUNCTION switchyard.brand_daily_metrics(brand UUID, first_day DATE, last_day DATE)
RETURNS TABLE (
  brand_id UUID, customer_id UUID, collector_type TEXT, metric_date DATE,
  avg_visibility NUMERIC, avg_share NUMERIC, presence_count BIGINT, total_responses BIGINT,
  avg_sentiment NUMERIC, positive_count BIGINT, negative_count BIGINT, neutral_count BIGINT,
  first_response TIMESTAMPTZ, last_response TIMESTAMPTZ,
  visibility_sum NUMERIC, visibility_count BIGINT, share_sum NUMERIC, share_count BIGINT,
  sentiment_sum NUMERIC, sentiment_count BIGINT)
LANGUAGE sql STABLE AS $$
  SELECT
    v.brand_id, v.customer_id, v.collector_type, v.metric_date,
    v.avg_visibility, v.avg_share, v.presence_count, v.total_responses,
    v.avg_sentiment, v.positive_count, v.negative_count, v.neutral_count,
    v.first_response, v.last_response,
    v.visibility_sum, v.visibility_count, v.share_sum, v.share_count,
    v.sentiment_sum, v.sentiment_count
  FROM public.mv_brand_daily_metrics v
  WHERE v.brand_id = brand AND v.metric_date BETWEEN first_day AND last_day
    AND (v.metric_date, v.collector_type, v.customer_id) NOT IN (
      SELECT d.metric_date, d.collector_type, d.customer_id
      FROM switchyard.brand_daily_dirty_cells d
      WHERE d.brand_id = brand AND d.metric_date BETWEEN first_day AND last_day)
  UNION ALL
  SELECT
    brand, dirty.customer_id, dirty.collector_type, dirty.metric_date,
    live.avg_visibility, live.avg_share, live.presence_count, live.total_responses,
    live.avg_sentiment, live.positive_count, live.negative_count, live.neutral_count,
    live.first_response, live.last_response,
    live.visibility_sum, live.visibility_count, live.share_sum, live.share_count,
    live.sentiment_sum, live.sentiment_count
  FROM (
    SELECT DISTINCT d.customer_id, d.collector_type, d.metric_date
    FROM switchyard.brand_daily_dirty_cells d
    WHERE d.brand_id = brand AND d.metric_date BETWEEN first_day AND last_day) dirty
  CROSS JOIN LATERAL (
    SELECT
      AVG(bm.visibility_index) AS avg_visibility,
      AVG(bm.share_of_answers) AS avg_share,
      COUNT(*) FILTER (WHERE bm.has_brand_presence) AS presence_count,
      COUNT(*) AS total_responses,
      AVG(bs.sentiment_score) AS avg_sentiment,
      COUNT(*) FILTER (WHERE bs.sentiment_label = 'POSITIVE') AS positive_count,
      COUNT(*) FILTER (WHERE bs.sentiment_label = 'NEGATIVE') AS negative_count,
      COUNT(*) FILTER (WHERE bs.sentiment_label = 'NEUTRAL') AS neutral_count,
      MIN(mf.processed_at) AS first_response,
      MAX(mf.processed_at) AS last_response,
      SUM(bm.visibility_index) AS visibility_sum,
      COUNT(bm.visibility_index) AS visibility_count,
      SUM(bm.share_of_answers) AS share_sum,
      COUNT(bm.share_of_answers) AS share_count,
      SUM(bs.sentiment_score) AS sentiment_sum,
      COUNT(bs.sentiment_score) AS sentiment_count
    FROM public.metric_facts mf
    LEFT JOIN public.brand_metrics bm ON bm.metric_fact_id = mf.id
    LEFT JOIN public.brand_sentiment bs ON bs.metric_fact_id = mf.id
    WHERE mf.brand_id = brand
      AND mf.collector_type = dirty.collector_type
      AND mf.customer_id = dirty.customer_id
      AND mf.processed_at >= dirty.metric_date::timestamp AT TIME ZONE 'UTC'
      AND mf.processed_at < (dirty.metric_date + 1)::timestamp AT TIME ZONE 'UTC'
    HAVING COUNT(*) > 0) live
$$;
