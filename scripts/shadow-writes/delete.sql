-- score-now scores it again.
\set result random(1, :results)
DELETE FROM extracted_positions WHERE collector_result_id = :result;
