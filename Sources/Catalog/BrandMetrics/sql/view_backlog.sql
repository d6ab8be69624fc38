-- name: view_backlog
-- gives: dirty_cells bigint, refresh_age double precision
-- why: what the view lacks, counted up to 100,000 so that a look stays cheap, and the seconds since its last refresh:
--      what is dirty now was written after it. NULL: there was none.

SELECT (SELECT count(*) FROM (SELECT FROM switchyard.brand_daily_dirty_cells LIMIT 100000) d) AS dirty_cells,
       (SELECT extract(epoch FROM clock_timestamp() - v.refreshed_at)::double precision
        FROM switchyard.view_refreshes v
        WHERE v.view_name = 'mv_brand_daily_metrics') AS refresh_age
