-- name: compatibility
-- takes: nothing
-- why: a view of the wide table's shape over the new tables, beside the table that it will replace: old SQL will
--      still read. Who can read and write the table can read the view; a write is refused. May run again.

-- Ids are made up: even ones are facts', odd ones competitors'. A join to what is not asked for is skipped.
DROP VIEW IF EXISTS public.extracted_positions_compatibility_view;
CREATE VIEW public.extracted_positions_compatibility_view AS
SELECT
  f.id * 2 AS id,
  f.collector_result_id,
  f.brand_id,
  f.customer_id,
  f.query_id,
  f.collector_type,
  f.topic,
  r.raw_answer,
  b.name AS brand_name,
  NULL::text AS competitor_name,
  m.has_brand_presence,
  m.brand_first_position,
  m.brand_positions,
  NULL::integer[] AS competitor_positions,
  m.total_brand_mentions,
  NULL::integer AS competitor_mentions,
  m.total_word_count,
  m.visibility_index::numeric AS visibility_index,
  NULL::numeric AS visibility_index_competitor,
  m.share_of_answers::numeric AS share_of_answers_brand,
  NULL::numeric AS share_of_answers_competitor,
  s.sentiment_label,
  s.sentiment_score::numeric AS sentiment_score,
  s.positive_sentences AS sentiment_positive_sentences,
  s.negative_sentences AS sentiment_negative_sentences,
  NULL::text AS sentiment_label_competitor,
  NULL::numeric AS sentiment_score_competitor,
  NULL::jsonb AS sentiment_positive_sentences_competitor,
  NULL::jsonb AS sentiment_negative_sentences_competitor,
  f.metadata,
  f.processed_at,
  f.created_at
FROM public.metric_facts f
LEFT JOIN public.brand_metrics m ON m.metric_fact_id = f.id
LEFT JOIN public.brand_sentiment s ON s.metric_fact_id = f.id
LEFT JOIN public.collector_results r ON r.id = f.collector_result_id
LEFT JOIN public.brands b ON b.id = f.brand_id
UNION ALL
SELECT
  m.id * 2 + 1,
  f.collector_result_id,
  f.brand_id,
  f.customer_id,
  f.query_id,
  f.collector_type,
  f.topic,
  r.raw_answer,
  b.name,
  c.competitor_name,
  NULL,
  NULL,
  NULL,
  m.competitor_positions,
  NULL,
  m.competitor_mentions,
  w.total_word_count,
  NULL,
  m.visibility_index::numeric,
  NULL,
  m.share_of_answers::numeric,
  NULL,
  NULL,
  NULL,
  NULL,
  s.sentiment_label,
  s.sentiment_score::numeric,
  s.positive_sentences,
  s.negative_sentences,
  NULL,
  f.processed_at,
  f.created_at
FROM public.metric_facts f
JOIN public.competitor_metrics m ON m.metric_fact_id = f.id
JOIN public.brand_competitors c ON c.id = m.competitor_id
LEFT JOIN public.competitor_sentiment s ON s.metric_fact_id = m.metric_fact_id AND s.competitor_id = m.competitor_id
LEFT JOIN public.brand_metrics w ON w.metric_fact_id = f.id
LEFT JOIN public.collector_results r ON r.id = f.collector_result_id
LEFT JOIN public.brands b ON b.id = f.brand_id;
