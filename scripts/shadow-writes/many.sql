-- Many rows at once.
\set result random(1, :results)
\set share random(-1, 100000)
UPDATE extracted_positions SET share_of_answers_brand = NULLIF(:share, -1) / 1000.0
WHERE collector_result_id BETWEEN :result AND :result + 50 AND competitor_name IS NULL;
