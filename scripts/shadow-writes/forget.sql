\set result random(1, :results)
DELETE FROM extracted_positions WHERE collector_result_id = :result AND competitor_name IS NOT NULL AND id % 3 = 0;
