-- -1 stands for NULL.
\set result random(1, :results)
\set visibility random(-1, 100000)
\set mentions random(-1, 3)
\set sentiment random(-1001, 1000)
\set label random(0, 3)
UPDATE extracted_positions
SET visibility_index_competitor = NULLIF(:visibility, -1) / 1000.0, competitor_mentions = NULLIF(:mentions, -1),
  sentiment_score_competitor = NULLIF(:sentiment, -1001) / 1000.0,
  sentiment_label_competitor = (ARRAY['POSITIVE', 'NEGATIVE', 'NEUTRAL'])[:label]
WHERE collector_result_id = :result AND competitor_name IS NOT NULL AND id % 2 = :mentions % 2;
