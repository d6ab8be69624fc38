-- name: refresh_is_due
-- gives: is_due boolean
-- why: something was written since the last refresh, or there was none

SELECT EXISTS (SELECT FROM switchyard.brand_daily_dirty_cells)
    OR NOT EXISTS (SELECT FROM switchyard.view_refreshes v WHERE v.view_name = 'mv_brand_daily_metrics') AS is_due
