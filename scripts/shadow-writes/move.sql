-- To another cell of the daily view.
\set result random(1, :results)
\set seconds random(0, 3000000)
\set collector random(1, 4)
\set topic random(0, 5)
UPDATE extracted_positions
SET processed_at = now() - :seconds * interval '1 second', topic = 'topic ' || NULLIF(:topic, 0),
  collector_type = (ARRAY['chatgpt', 'claude', 'gemini', 'perplexity'])[:collector]
WHERE collector_result_id = :result;
