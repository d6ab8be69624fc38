-- name: copy_analyze
-- why: plans for the new tables should be made for what they now hold

ANALYZE metric_facts, brand_metrics, competitor_metrics, brand_sentiment, competitor_sentiment
