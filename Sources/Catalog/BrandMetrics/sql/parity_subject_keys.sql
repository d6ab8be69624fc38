-- name: parity_subject_keys
-- takes: $1 uuid (brand)
-- gives: collector_result_id bigint
-- why: the collector results that make a brand's answers, in either schema

SELECT e.collector_result_id FROM public.extracted_positions e WHERE e.brand_id = $1::uuid
UNION
SELECT f.collector_result_id FROM public.metric_facts f WHERE f.brand_id = $1::uuid
ORDER BY collector_result_id
