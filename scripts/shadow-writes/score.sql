-- A result that another program scores, as one that is there.
\set result random(1, :results)
BEGIN;
INSERT INTO collector_results (brand_id, customer_id, query_id, collector_type, topic, raw_answer, citations)
SELECT brand_id, customer_id, query_id, collector_type, topic, raw_answer, citations FROM collector_results WHERE id = :result
RETURNING id AS made \gset
INSERT INTO extracted_positions (collector_result_id, brand_id, customer_id, query_id, collector_type, topic, brand_name,
  competitor_name, has_brand_presence, brand_positions, competitor_positions, total_brand_mentions, competitor_mentions,
  total_word_count, visibility_index, visibility_index_competitor, share_of_answers_brand, share_of_answers_competitor,
  sentiment_label, sentiment_score, sentiment_label_competitor, sentiment_score_competitor, processed_at)
SELECT :made, brand_id, customer_id, query_id, collector_type, topic, brand_name,
  competitor_name, has_brand_presence, brand_positions, competitor_positions, total_brand_mentions, competitor_mentions,
  total_word_count, visibility_index, visibility_index_competitor, share_of_answers_brand, share_of_answers_competitor,
  sentiment_label, sentiment_score, sentiment_label_competitor, sentiment_score_competitor, processed_at
FROM extracted_positions WHERE collector_result_id = :result;
COMMIT;
