-- name: judged_rows
-- why: a part of other statements: the wide rows of the collector results $1, each with the reason why it is not copied
--      (database.md, section 3), if there is one. Written apart from copy_results, so that a mistake in one of them
--      shows against the other. `refused (id)` stands before it. A FULL JOIN is never a nested loop, however few rows
--      the planner expects.

brand_rows AS (
  SELECT
    ep.id, ep.collector_result_id, ep.brand_id, ep.customer_id, ep.query_id, ep.collector_type, ep.topic,
    ep.processed_at, ep.created_at, ep.metadata, ep.has_brand_presence, ep.brand_first_position, ep.brand_positions,
    ep.total_brand_mentions, ep.total_word_count, ep.visibility_index, ep.share_of_answers_brand, ep.sentiment_label,
    ep.sentiment_score, ep.sentiment_positive_sentences, ep.sentiment_negative_sentences,
    rank() OVER (PARTITION BY ep.collector_result_id ORDER BY ep.processed_at DESC, ep.id DESC) AS place
  FROM public.extracted_positions ep
  WHERE ep.collector_result_id = ANY($1::bigint[]) AND ep.competitor_name IS NULL
),
judged_brand_rows AS MATERIALIZED (
  SELECT
    b.id, b.collector_result_id, b.brand_id, b.customer_id, b.query_id, b.collector_type, b.topic, b.processed_at,
    b.created_at, b.metadata, b.has_brand_presence, b.brand_first_position, b.brand_positions, b.total_brand_mentions,
    b.total_word_count, b.visibility_index, b.share_of_answers_brand, b.sentiment_label, b.sentiment_score,
    b.sentiment_positive_sentences, b.sentiment_negative_sentences,
    CASE
      WHEN b.place > 1 THEN 'older_duplicate'
      WHEN NOT EXISTS (SELECT FROM public.collector_results r WHERE r.id = b.collector_result_id)
        OR NOT EXISTS (SELECT FROM public.brands o WHERE o.id = b.brand_id)
        OR NOT EXISTS (SELECT FROM public.customers c WHERE c.id = b.customer_id)
        OR NOT EXISTS (SELECT FROM public.generated_queries q WHERE q.id = b.query_id) THEN 'orphan'
      WHEN NOT (
        COALESCE(ROUND(b.visibility_index, 2) BETWEEN -999.99 AND 999.99, true)
        AND COALESCE(ROUND(b.share_of_answers_brand, 2) BETWEEN -999.99 AND 999.99, true)
        AND COALESCE(ROUND(b.sentiment_score, 2) BETWEEN -999.99 AND 999.99, true)) THEN 'overflow'
      WHEN NOT b.sentiment_label = ANY ('{POSITIVE,NEGATIVE,NEUTRAL}') THEN 'bad_label'
      WHEN b.id IN (SELECT r.id FROM refused r) THEN 'refused'
    END AS reason
  FROM brand_rows b
),
competitor_rows AS (
  SELECT
    ep.id, ep.collector_result_id, ep.brand_id, ep.customer_id, ep.query_id, ep.collector_type, ep.processed_at,
    ep.competitor_name, ep.competitor_positions, ep.competitor_mentions, ep.visibility_index_competitor,
    ep.share_of_answers_competitor, ep.sentiment_label_competitor, ep.sentiment_score_competitor,
    ep.sentiment_positive_sentences_competitor, ep.sentiment_negative_sentences_competitor,
    rank() OVER (
      PARTITION BY ep.collector_result_id, ep.competitor_name COLLATE "C"
      ORDER BY ep.processed_at DESC, ep.id DESC) AS place
  FROM public.extracted_positions ep
  WHERE ep.collector_result_id = ANY($1::bigint[]) AND ep.competitor_name IS NOT NULL
),
beside_their_brand_row AS MATERIALIZED (
  SELECT
    c.id, c.collector_result_id, c.brand_id, c.customer_id, c.query_id, c.collector_type, c.processed_at,
    c.competitor_name, c.competitor_positions, c.competitor_mentions, c.visibility_index_competitor,
    c.share_of_answers_competitor, c.sentiment_label_competitor, c.sentiment_score_competitor,
    c.sentiment_positive_sentences_competitor, c.sentiment_negative_sentences_competitor, c.place,
    COALESCE(b.brand_id, c.brand_id) AS owner_id,
    b.id IS NOT NULL AND b.reason IS NULL AS has_fact,
    (c.brand_id, c.customer_id, c.query_id) IS NOT DISTINCT FROM (b.brand_id, b.customer_id, b.query_id) AS has_its_ids,
    c.brand_id = b.brand_id AND c.collector_type = b.collector_type
      AND date_trunc('day', c.processed_at, 'UTC') = date_trunc('day', b.processed_at, 'UTC') AS has_its_cell
  FROM competitor_rows c
  FULL JOIN (
    SELECT j.id, j.collector_result_id, j.brand_id, j.customer_id, j.query_id, j.collector_type, j.processed_at, j.reason
    FROM judged_brand_rows j
    WHERE j.reason IS DISTINCT FROM 'older_duplicate') b ON b.collector_result_id = c.collector_result_id
),
judged_competitor_rows AS MATERIALIZED (
  SELECT
    c.id, c.collector_result_id, k.id AS competitor_id, c.competitor_positions, c.competitor_mentions,
    c.visibility_index_competitor, c.share_of_answers_competitor, c.sentiment_label_competitor,
    c.sentiment_score_competitor, c.sentiment_positive_sentences_competitor, c.sentiment_negative_sentences_competitor,
    c.has_its_cell, c.owner_id, c.brand_id,
    CASE
      WHEN c.place > 1 THEN 'older_duplicate'
      WHEN k.id IS NULL THEN 'unknown_competitor'
      WHEN NOT c.has_fact THEN 'no_brand_row'
      WHEN NOT c.has_its_ids AND (
        NOT EXISTS (SELECT FROM public.brands o WHERE o.id = c.brand_id)
        OR NOT EXISTS (SELECT FROM public.customers u WHERE u.id = c.customer_id)
        OR NOT EXISTS (SELECT FROM public.generated_queries q WHERE q.id = c.query_id)) THEN 'orphan'
      WHEN NOT (
        COALESCE(ROUND(c.visibility_index_competitor, 2) BETWEEN -999.99 AND 999.99, true)
        AND COALESCE(ROUND(c.share_of_answers_competitor, 2) BETWEEN -999.99 AND 999.99, true)
        AND COALESCE(ROUND(c.sentiment_score_competitor, 2) BETWEEN -999.99 AND 999.99, true)) THEN 'overflow'
      WHEN NOT c.sentiment_label_competitor = ANY ('{POSITIVE,NEGATIVE,NEUTRAL}') THEN 'bad_label'
      WHEN c.id IN (SELECT r.id FROM refused r) THEN 'refused'
    END AS reason
  FROM beside_their_brand_row c
  LEFT JOIN public.brand_competitors k ON k.brand_id = c.owner_id AND k.competitor_name = c.competitor_name
  WHERE c.id IS NOT NULL
),
