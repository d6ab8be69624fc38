-- -1 stands for NULL.
\set result random(1, :results)
\set visibility random(-1, 100000)
\set share random(-1, 100000)
\set sentiment random(-1001, 1000)
\set label random(0, 3)
\set present random(0, 2)
UPDATE extracted_positions
SET visibility_index = NULLIF(:visibility, -1) / 1000.0, share_of_answers_brand = NULLIF(:share, -1) / 1000.0,
  sentiment_score = NULLIF(:sentiment, -1001) / 1000.0, has_brand_presence = NULLIF(:present, 2) = 1,
  sentiment_label = (ARRAY['POSITIVE', 'NEGATIVE', 'NEUTRAL'])[:label]
WHERE collector_result_id = :result AND competitor_name IS NULL;
