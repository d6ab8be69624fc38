-- name: score_backlog_count.new
-- gives: results bigint
-- why: how much there is to score, for the progress bar.
--      OFFSET 0 keeps the index in the plan, also in one made while metric_facts was small.
SELECT count(*) AS results
FROM public.collector_results r
WHERE NOT EXISTS (
  SELECT FROM public.metric_facts f WHERE f.collector_result_id = r.id
    OFFSET 0)
