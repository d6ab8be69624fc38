-- name: copy_results
-- takes: $1 bigint[] (collector results, which the caller has locked in an earlier statement), $2 text[] and $3
--        bigint[] (tables and ids of wide rows that PostgreSQL refused)
-- gives: metric_facts bigint, brand_metrics bigint, competitor_metrics bigint, brand_sentiment bigint,
--        competitor_sentiment bigint, unchanged bigint
-- why: brings the star rows of these results to the mapping of their wide rows (database.md, section 3) and counts the
--      rows inserted or changed, and the results whose star rows were right and are not touched. CTEs are never joined
--      to each other: a plan made for few results is good for many.

WITH wide AS (
  -- the columns of a row's kind: the brand's (no competitor_name) or the competitor's
  SELECT
    ep.id, ep.collector_result_id, ep.brand_id, ep.customer_id, ep.query_id, ep.competitor_name,
    ep.processed_at, ep.collector_type, ep.topic, ep.created_at, ep.metadata, ep.brand_first_position,
    COALESCE(ep.has_brand_presence, false) AS present,
    COALESCE(ep.total_word_count, 0) AS words,
    COALESCE(CASE WHEN ep.competitor_name IS NULL
      THEN ep.total_brand_mentions ELSE ep.competitor_mentions END, 0) AS mentions,
    COALESCE(CASE WHEN ep.competitor_name IS NULL
      THEN ep.brand_positions ELSE ep.competitor_positions END, '{}') AS positions,
    ROUND(CASE WHEN ep.competitor_name IS NULL
      THEN ep.visibility_index ELSE ep.visibility_index_competitor END, 2) AS visibility,
    ROUND(CASE WHEN ep.competitor_name IS NULL
      THEN ep.share_of_answers_brand ELSE ep.share_of_answers_competitor END, 2) AS share,
    ROUND(CASE WHEN ep.competitor_name IS NULL
      THEN ep.sentiment_score ELSE ep.sentiment_score_competitor END, 2) AS score,
    CASE WHEN ep.competitor_name IS NULL
      THEN ep.sentiment_label ELSE ep.sentiment_label_competitor END AS label,
    COALESCE(NULLIF(CASE WHEN ep.competitor_name IS NULL
      THEN ep.sentiment_positive_sentences
      ELSE ep.sentiment_positive_sentences_competitor END, 'null'), '[]') AS positive_sentences,
    COALESCE(NULLIF(CASE WHEN ep.competitor_name IS NULL
      THEN ep.sentiment_negative_sentences
      ELSE ep.sentiment_negative_sentences_competitor END, 'null'), '[]') AS negative_sentences,
    CASE WHEN ep.competitor_name IS NULL THEN (
      SELECT mf.id FROM public.metric_facts mf WHERE mf.collector_result_id = ep.collector_result_id) END AS known_fact_id
  FROM public.extracted_positions ep
  WHERE ep.collector_result_id = ANY($1::bigint[])
),
judged AS (
  -- what is wrong with a row by itself; whether a competitor's row is an orphan is looked up last, and seldom
  SELECT
    w.id, w.collector_result_id, w.brand_id, w.customer_id, w.query_id, w.competitor_name, w.processed_at,
    w.collector_type, w.topic, w.created_at, w.metadata, w.brand_first_position, w.present, w.words,
    w.mentions, w.positions, w.visibility, w.share, w.score, w.label, w.positive_sentences,
    w.negative_sentences,
    w.known_fact_id IS NULL AS fresh,
    CASE WHEN w.competitor_name IS NULL
      THEN COALESCE(w.known_fact_id, nextval('public.metric_facts_id_seq')) END AS fact_id,
    CASE
      WHEN w.competitor_name IS NULL AND NOT (
        EXISTS (SELECT FROM public.brands b WHERE b.id = w.brand_id)
        AND EXISTS (SELECT FROM public.customers c WHERE c.id = w.customer_id)
        AND EXISTS (SELECT FROM public.generated_queries q WHERE q.id = w.query_id)
        AND EXISTS (SELECT FROM public.collector_results cr WHERE cr.id = w.collector_result_id)) THEN 'orphan'
      WHEN abs(w.visibility) >= 1000 OR abs(w.share) >= 1000 OR abs(w.score) >= 1000 THEN 'overflow'
      WHEN w.label NOT IN ('POSITIVE', 'NEGATIVE', 'NEUTRAL') THEN 'bad_label'
      WHEN w.id IN (SELECT r.id FROM unnest($2::text[], $3::bigint[]) r (table_name, id)) THEN 'refused'
    END AS fault
  FROM wide w
),
placed AS (
  -- in each result the latest brand row comes first, then each competitor's rows, the latest first
  SELECT
    j.id, j.collector_result_id, j.brand_id, j.customer_id, j.query_id, j.competitor_name, j.processed_at,
    j.collector_type, j.topic, j.created_at, j.metadata, j.brand_first_position, j.present, j.words,
    j.mentions, j.positions, j.visibility, j.share, j.score, j.label, j.positive_sentences,
    j.negative_sentences, j.fault,
    first_value(j.fresh) OVER result AS fresh,
    first_value(CASE WHEN j.competitor_name IS NULL AND j.fault IS NULL THEN j.fact_id END) OVER result AS fact_id,
    row_number() OVER result = 1 OR lag(j.competitor_name) OVER result IS DISTINCT FROM j.competitor_name AS latest,
    first_value(CASE WHEN j.competitor_name IS NULL
      THEN ARRAY[j.brand_id, j.customer_id, j.query_id] END) OVER result AS brand_row_ids
  FROM judged j
  WINDOW result AS (
    PARTITION BY j.collector_result_id
    ORDER BY j.competitor_name COLLATE "C" NULLS FIRST, j.processed_at DESC, j.id DESC)
),
mapped AS MATERIALIZED (
  SELECT
    p.id, p.collector_result_id, p.brand_id, p.customer_id, p.query_id, p.competitor_name, p.processed_at,
    p.collector_type, p.topic, p.created_at, p.metadata, p.brand_first_position, p.present, p.words,
    p.mentions, p.positions, p.visibility, p.share, p.score, p.label, p.positive_sentences,
    p.negative_sentences, p.fresh, p.fact_id,
    bc.id AS competitor_id,
    CASE
      WHEN NOT p.latest THEN 'older_duplicate'
      WHEN p.competitor_name IS NULL THEN p.fault
      WHEN bc.id IS NULL THEN 'unknown_competitor'
      WHEN p.fact_id IS NULL THEN 'no_brand_row'
      WHEN ARRAY[p.brand_id, p.customer_id, p.query_id] IS DISTINCT FROM p.brand_row_ids AND NOT (
        EXISTS (SELECT FROM public.brands b WHERE b.id = p.brand_id)
        AND EXISTS (SELECT FROM public.customers c WHERE c.id = p.customer_id)
        AND EXISTS (SELECT FROM public.generated_queries q WHERE q.id = p.query_id)
        AND EXISTS (SELECT FROM public.collector_results cr WHERE cr.id = p.collector_result_id)) THEN 'orphan'
      ELSE p.fault
    END AS reason
  FROM placed p
  LEFT JOIN public.brand_competitors bc
    ON bc.brand_id = COALESCE(p.brand_row_ids[1], p.brand_id) AND bc.competitor_name = p.competitor_name
),
skipped AS (
  -- every row that is skipped is on record with its reason
  INSERT INTO switchyard.skipped_rows AS s (migration, table_name, id, key, reason)
  SELECT 'brand-metrics', 'extracted_positions', m.id, m.collector_result_id, m.reason
  FROM mapped m
  WHERE m.reason IS NOT NULL
  ON CONFLICT (migration, table_name, id) DO UPDATE SET key = excluded.key, reason = excluded.reason
  WHERE (s.key, s.reason) IS DISTINCT FROM (excluded.key, excluded.reason)
),
not_skipped_any_more AS (
  DELETE FROM switchyard.skipped_rows s
  WHERE s.migration = 'brand-metrics' AND s.key = ANY($1::bigint[])
    AND s.id NOT IN (SELECT m.id FROM mapped m WHERE m.reason IS NOT NULL)
),
noted AS (
  -- compared again before a step relies on a verification
  INSERT INTO switchyard.changed_keys (migration, key)
  SELECT 'brand-metrics', k.key FROM unnest($1::bigint[]) k (key) WHERE switchyard.notes_changes('brand-metrics')
),
gone_facts AS (
  DELETE FROM public.metric_facts mf
  WHERE mf.collector_result_id = ANY($1::bigint[])
    AND mf.id NOT IN (SELECT m.fact_id FROM mapped m WHERE m.reason IS NULL AND m.competitor_name IS NULL)
),
gone_brand_sentiment AS (
  DELETE FROM public.brand_sentiment bs
  USING public.metric_facts mf
  WHERE mf.collector_result_id = ANY($1::bigint[])
    AND bs.metric_fact_id = mf.id
    AND bs.metric_fact_id NOT IN (
      SELECT m.fact_id FROM mapped m
      WHERE m.reason IS NULL AND m.competitor_name IS NULL AND (m.label IS NOT NULL OR m.score IS NOT NULL))
  RETURNING bs.metric_fact_id
),
gone_competitor_metrics AS (
  DELETE FROM public.competitor_metrics cm
  USING public.metric_facts mf
  WHERE mf.collector_result_id = ANY($1::bigint[])
    AND cm.metric_fact_id = mf.id
    AND (cm.metric_fact_id, cm.competitor_id) NOT IN (
      SELECT m.fact_id, m.competitor_id FROM mapped m
      WHERE m.reason IS NULL AND m.competitor_name IS NOT NULL)
  RETURNING cm.metric_fact_id
),
gone_competitor_sentiment AS (
  DELETE FROM public.competitor_sentiment cs
  USING public.metric_facts mf
  WHERE mf.collector_result_id = ANY($1::bigint[])
    AND cs.metric_fact_id = mf.id
    AND (cs.metric_fact_id, cs.competitor_id) NOT IN (
      SELECT m.fact_id, m.competitor_id FROM mapped m
      WHERE m.reason IS NULL AND m.competitor_name IS NOT NULL AND (m.label IS NOT NULL OR m.score IS NOT NULL))
  RETURNING cs.metric_fact_id
),
new_metric_facts AS (
  -- new rows are inserted, rows that differ updated; all others are not touched, here and below
  INSERT INTO public.metric_facts (
    id, collector_result_id, brand_id, customer_id, query_id, collector_type, topic,
    processed_at, created_at, metadata)
  SELECT
    m.fact_id, m.collector_result_id, m.brand_id, m.customer_id, m.query_id,
    m.collector_type, m.topic, m.processed_at, m.created_at, m.metadata
  FROM mapped m
  WHERE m.reason IS NULL AND m.competitor_name IS NULL
    AND m.fresh
  RETURNING 1
),
changed_metric_facts AS (
  UPDATE public.metric_facts t SET
    brand_id = m.brand_id, customer_id = m.customer_id, query_id = m.query_id,
    collector_type = m.collector_type, topic = m.topic, processed_at = m.processed_at,
    created_at = m.created_at, metadata = m.metadata
  FROM mapped m
  WHERE m.reason IS NULL AND m.competitor_name IS NULL
    AND NOT m.fresh AND t.collector_result_id = m.collector_result_id
    AND (t.brand_id, t.customer_id, t.query_id, t.collector_type, t.topic, t.processed_at,
      t.created_at, t.metadata)
      IS DISTINCT FROM (m.brand_id, m.customer_id, m.query_id, m.collector_type, m.topic, m.processed_at,
      m.created_at, m.metadata)
  RETURNING t.id
),
new_brand_metrics AS (
  INSERT INTO public.brand_metrics (
    metric_fact_id, visibility_index, share_of_answers, has_brand_presence,
    brand_first_position, brand_positions, total_brand_mentions, total_word_count,
    product_mentions)
  SELECT
    m.fact_id, m.visibility, m.share, m.present, m.brand_first_position, m.positions,
    m.mentions, m.words, m.mentions
  FROM mapped m
  WHERE m.reason IS NULL AND m.competitor_name IS NULL
    AND (m.fresh OR NOT EXISTS (
      SELECT FROM public.brand_metrics t WHERE t.metric_fact_id = m.fact_id))
  RETURNING metric_fact_id
),
changed_brand_metrics AS (
  UPDATE public.brand_metrics t SET
    visibility_index = m.visibility, share_of_answers = m.share,
    has_brand_presence = m.present, brand_first_position = m.brand_first_position,
    brand_positions = m.positions, total_brand_mentions = m.mentions,
    total_word_count = m.words, product_mentions = m.mentions
  FROM mapped m
  WHERE m.reason IS NULL AND m.competitor_name IS NULL
    AND NOT m.fresh AND t.metric_fact_id = m.fact_id
    AND (t.visibility_index, t.share_of_answers, t.has_brand_presence, t.brand_first_position,
      t.brand_positions, t.total_brand_mentions, t.total_word_count, t.product_mentions)
      IS DISTINCT FROM (m.visibility, m.share, m.present, m.brand_first_position, m.positions, m.mentions,
      m.words, m.mentions)
  RETURNING t.metric_fact_id
),
new_brand_sentiment AS (
  INSERT INTO public.brand_sentiment (
    metric_fact_id, sentiment_label, sentiment_score, positive_sentences,
    negative_sentences)
  SELECT
    m.fact_id, m.label, m.score, m.positive_sentences, m.negative_sentences
  FROM mapped m
  WHERE m.reason IS NULL AND m.competitor_name IS NULL AND (m.label IS NOT NULL OR m.score IS NOT NULL)
    AND (m.fresh OR NOT EXISTS (
      SELECT FROM public.brand_sentiment t WHERE t.metric_fact_id = m.fact_id))
  RETURNING metric_fact_id
),
changed_brand_sentiment AS (
  UPDATE public.brand_sentiment t SET
    sentiment_label = m.label, sentiment_score = m.score,
    positive_sentences = m.positive_sentences, negative_sentences = m.negative_sentences
  FROM mapped m
  WHERE m.reason IS NULL AND m.competitor_name IS NULL AND (m.label IS NOT NULL OR m.score IS NOT NULL)
    AND NOT m.fresh AND t.metric_fact_id = m.fact_id
    AND (t.sentiment_label, t.sentiment_score, t.positive_sentences, t.negative_sentences)
      IS DISTINCT FROM (m.label, m.score, m.positive_sentences, m.negative_sentences)
  RETURNING t.metric_fact_id
),
new_competitor_metrics AS (
  INSERT INTO public.competitor_metrics (
    metric_fact_id, competitor_id, visibility_index, share_of_answers,
    competitor_positions, competitor_mentions, product_mentions)
  SELECT
    m.fact_id, m.competitor_id, m.visibility, m.share, m.positions, m.mentions, m.mentions
  FROM mapped m
  WHERE m.reason IS NULL AND m.competitor_name IS NOT NULL
    AND (m.fresh OR NOT EXISTS (
      SELECT FROM public.competitor_metrics t WHERE t.metric_fact_id = m.fact_id AND t.competitor_id = m.competitor_id))
  RETURNING metric_fact_id
),
changed_competitor_metrics AS (
  UPDATE public.competitor_metrics t SET
    visibility_index = m.visibility, share_of_answers = m.share,
    competitor_positions = m.positions, competitor_mentions = m.mentions,
    product_mentions = m.mentions
  FROM mapped m
  WHERE m.reason IS NULL AND m.competitor_name IS NOT NULL
    AND NOT m.fresh AND t.metric_fact_id = m.fact_id AND t.competitor_id = m.competitor_id
    AND (t.visibility_index, t.share_of_answers, t.competitor_positions, t.competitor_mentions,
      t.product_mentions)
      IS DISTINCT FROM (m.visibility, m.share, m.positions, m.mentions, m.mentions)
  RETURNING t.metric_fact_id
),
new_competitor_sentiment AS (
  INSERT INTO public.competitor_sentiment (
    metric_fact_id, competitor_id, sentiment_label, sentiment_score, positive_sentences,
    negative_sentences)
  SELECT
    m.fact_id, m.competitor_id, m.label, m.score, m.positive_sentences,
    m.negative_sentences
  FROM mapped m
  WHERE m.reason IS NULL AND m.competitor_name IS NOT NULL AND (m.label IS NOT NULL OR m.score IS NOT NULL)
    AND (m.fresh OR NOT EXISTS (
      SELECT FROM public.competitor_sentiment t WHERE t.metric_fact_id = m.fact_id AND t.competitor_id = m.competitor_id))
  RETURNING metric_fact_id
),
changed_competitor_sentiment AS (
  UPDATE public.competitor_sentiment t SET
    sentiment_label = m.label, sentiment_score = m.score,
    positive_sentences = m.positive_sentences, negative_sentences = m.negative_sentences
  FROM mapped m
  WHERE m.reason IS NULL AND m.competitor_name IS NOT NULL AND (m.label IS NOT NULL OR m.score IS NOT NULL)
    AND NOT m.fresh AND t.metric_fact_id = m.fact_id AND t.competitor_id = m.competitor_id
    AND (t.sentiment_label, t.sentiment_score, t.positive_sentences, t.negative_sentences)
      IS DISTINCT FROM (m.label, m.score, m.positive_sentences, m.negative_sentences)
  RETURNING t.metric_fact_id
),
touched AS (
  SELECT id AS metric_fact_id FROM changed_metric_facts
  UNION ALL SELECT metric_fact_id FROM new_brand_metrics
  UNION ALL SELECT metric_fact_id FROM changed_brand_metrics
  UNION ALL SELECT metric_fact_id FROM gone_brand_sentiment
  UNION ALL SELECT metric_fact_id FROM new_brand_sentiment
  UNION ALL SELECT metric_fact_id FROM changed_brand_sentiment
  UNION ALL SELECT metric_fact_id FROM gone_competitor_metrics
  UNION ALL SELECT metric_fact_id FROM new_competitor_metrics
  UNION ALL SELECT metric_fact_id FROM changed_competitor_metrics
  UNION ALL SELECT metric_fact_id FROM gone_competitor_sentiment
  UNION ALL SELECT metric_fact_id FROM new_competitor_sentiment
  UNION ALL SELECT metric_fact_id FROM changed_competitor_sentiment
)
SELECT
  (SELECT COUNT(*) FROM new_metric_facts)
    + (SELECT COUNT(*) FROM changed_metric_facts) AS metric_facts,
  (SELECT COUNT(*) FROM new_brand_metrics)
    + (SELECT COUNT(*) FROM changed_brand_metrics) AS brand_metrics,
  (SELECT COUNT(*) FROM new_competitor_metrics)
    + (SELECT COUNT(*) FROM changed_competitor_metrics) AS competitor_metrics,
  (SELECT COUNT(*) FROM new_brand_sentiment)
    + (SELECT COUNT(*) FROM changed_brand_sentiment) AS brand_sentiment,
  (SELECT COUNT(*) FROM new_competitor_sentiment)
    + (SELECT COUNT(*) FROM changed_competitor_sentiment) AS competitor_sentiment,
  (SELECT COUNT(*)
   FROM mapped m
   WHERE m.reason IS NULL AND m.competitor_name IS NULL AND NOT m.fresh
     AND m.fact_id NOT IN (SELECT t.metric_fact_id FROM touched t)) AS unchanged
