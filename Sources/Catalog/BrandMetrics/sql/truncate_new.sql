-- name: truncate_new
-- takes: nothing
-- why: empties the new tables and nothing else: CASCADE would also empty a table of the user's that refers to them.
--      Their triggers stamp every cell; what awaited repair is missing now like all the rest.

TRUNCATE metric_facts, brand_metrics, competitor_metrics, brand_sentiment, competitor_sentiment;

DELETE FROM switchyard.repair_queue WHERE migration = 'brand-metrics';
