-- name: refresh_view
-- takes: nothing
-- why: brings mv_brand_daily_metrics up to now. One transaction, first thing in it: one snapshot is stored, read by
--      REFRESH, and decides which stamps go; a writer whom it does not see keeps his. Readers and writers go on.

SET TRANSACTION ISOLATION LEVEL REPEATABLE READ;

-- One refresh at a time. LOCK takes no snapshot: who waited here reads what the other left.
LOCK TABLE switchyard.brand_daily_dirty_cells IN SHARE UPDATE EXCLUSIVE MODE;

INSERT INTO switchyard.view_refreshes (view_name, snapshot, refreshed_at)
VALUES ('mv_brand_daily_metrics', pg_current_snapshot(), clock_timestamp())
ON CONFLICT (view_name) DO UPDATE SET snapshot = excluded.snapshot, refreshed_at = excluded.refreshed_at;

REFRESH MATERIALIZED VIEW CONCURRENTLY public.mv_brand_daily_metrics;

-- Under REPEATABLE READ these are exactly the stamps visible in the stored snapshot.
DELETE FROM switchyard.brand_daily_dirty_cells;
