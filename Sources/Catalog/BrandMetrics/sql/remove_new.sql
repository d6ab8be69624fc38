-- name: remove_new
-- takes: nothing
-- why: takes away what new_schema, freshness and compatibility made, and nothing else: without CASCADE, since what a user has
--      built on it must stop it.

-- An archive that was interrupted leaves it.
DROP VIEW IF EXISTS public.extracted_positions_compatibility_view;
DROP MATERIALIZED VIEW public.mv_brand_daily_metrics;
DROP TABLE public.competitor_sentiment, public.brand_sentiment, public.competitor_metrics, public.brand_metrics, public.metric_facts;
DROP FUNCTION switchyard.brand_daily_metrics(uuid, date, date);
DROP FUNCTION switchyard.stamp_metric_facts(), switchyard.hold_moved_facts(), switchyard.stamp_fact_children(),
  switchyard.stamp_every_cell();
DROP TABLE switchyard.brand_daily_dirty_cells;

DELETE FROM switchyard.view_refreshes WHERE view_name = 'mv_brand_daily_metrics';
