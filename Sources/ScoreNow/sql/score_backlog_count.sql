-- name: score_backlog_count
-- gives: results bigint
-- why: how much there is to score, for the progress bar.
--      OFFSET 0 keeps the index in the plan, also in one made while the wide table was small.
SELECT count(*) AS results
FROM public.collector_results r
WHERE NOT EXISTS (
  SELECT FROM public.extracted_positions e WHERE e.collector_result_id = r.id AND e.competitor_name IS NULL
    OFFSET 0)
