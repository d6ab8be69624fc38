-- name: score_insert
-- takes: $1 json rows, $2 boolean backdated
-- why: the wide rows of scored results. What the result itself knows is not sent to and fro. Sample data is
--      backdated: it counts as processed when it was collected.
INSERT INTO public.extracted_positions (
  collector_result_id, brand_id, customer_id, query_id, collector_type, topic, raw_answer, brand_name, competitor_name,
  has_brand_presence, brand_first_position, brand_positions, competitor_positions, total_brand_mentions,
  competitor_mentions, total_word_count, visibility_index, visibility_index_competitor, share_of_answers_brand,
  share_of_answers_competitor, sentiment_label, sentiment_score, sentiment_positive_sentences,
  sentiment_negative_sentences, sentiment_label_competitor, sentiment_score_competitor,
  sentiment_positive_sentences_competitor, sentiment_negative_sentences_competitor, processed_at, created_at)
SELECT r.id, r.brand_id, r.customer_id, r.query_id, r.collector_type, r.topic, r.raw_answer, b.name, s.competitor,
       CASE WHEN is_brand THEN s.mentions > 0 END,
       CASE WHEN is_brand THEN s.positions[1] END,
       CASE WHEN is_brand THEN s.positions END,
       CASE WHEN NOT is_brand THEN s.positions END,
       CASE WHEN is_brand THEN s.mentions END,
       CASE WHEN NOT is_brand THEN s.mentions END,
       s.words,
       CASE WHEN is_brand THEN s.visibility END,
       CASE WHEN NOT is_brand THEN s.visibility END,
       CASE WHEN is_brand THEN s.share END,
       CASE WHEN NOT is_brand THEN s.share END,
       CASE WHEN is_brand THEN s.label END,
       CASE WHEN is_brand THEN s.score END,
       CASE WHEN is_brand THEN s.positive END,
       CASE WHEN is_brand THEN s.negative END,
       CASE WHEN NOT is_brand THEN s.label END,
       CASE WHEN NOT is_brand THEN s.score END,
       CASE WHEN NOT is_brand THEN s.positive END,
       CASE WHEN NOT is_brand THEN s.negative END,
       CASE WHEN $2::boolean THEN r.created_at ELSE now() END,
       CASE WHEN $2::boolean THEN r.created_at ELSE now() END
FROM json_to_recordset($1::json) AS s (
  id bigint, competitor text, positions integer[], mentions integer, words integer, visibility numeric, share numeric,
  label text, score numeric, positive jsonb, negative jsonb)
CROSS JOIN LATERAL (SELECT s.competitor IS NULL) AS entity (is_brand)
JOIN public.collector_results r ON r.id = s.id
JOIN public.brands b ON b.id = r.brand_id
