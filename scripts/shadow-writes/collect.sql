-- score-now scores it.
\set result random(1, :results)
INSERT INTO collector_results (brand_id, customer_id, query_id, collector_type, topic, raw_answer, citations)
SELECT brand_id, customer_id, query_id, collector_type, topic, raw_answer, citations FROM collector_results WHERE id = :result;
