-- name: new_schema
-- takes: nothing
-- why: the star schema (seed 001, 1.1 to 1.3, with the decisions of database.md, section 2). Plain CREATE: the engine
--      runs it once, in one transaction, and a table that is already there must stop it.

CREATE TABLE public.metric_facts (
  id BIGSERIAL PRIMARY KEY,
  collector_result_id BIGINT NOT NULL UNIQUE REFERENCES public.collector_results(id) ON DELETE CASCADE,
  brand_id UUID NOT NULL REFERENCES public.brands(id) ON DELETE CASCADE,
  customer_id UUID NOT NULL REFERENCES public.customers(id),
  query_id UUID NOT NULL REFERENCES public.generated_queries(id),
  collector_type TEXT NOT NULL,
  topic TEXT,
  processed_at TIMESTAMPTZ NOT NULL,
  created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  metadata JSONB
);

CREATE INDEX idx_metric_facts_brand_processed ON public.metric_facts (brand_id, processed_at DESC);
CREATE INDEX idx_metric_facts_brand_collector ON public.metric_facts (brand_id, collector_type, processed_at DESC);
CREATE INDEX idx_metric_facts_topic ON public.metric_facts (topic) WHERE topic IS NOT NULL;

CREATE TABLE public.brand_metrics (
  id BIGSERIAL PRIMARY KEY,
  metric_fact_id BIGINT NOT NULL UNIQUE REFERENCES public.metric_facts(id) ON DELETE CASCADE,
  visibility_index NUMERIC(5,2),
  share_of_answers NUMERIC(5,2),
  has_brand_presence BOOLEAN NOT NULL DEFAULT false,
  brand_first_position INTEGER,
  brand_positions INTEGER[],
  total_brand_mentions INTEGER NOT NULL DEFAULT 0,
  total_word_count INTEGER NOT NULL DEFAULT 0,
  product_mentions INTEGER NOT NULL DEFAULT 0
);

CREATE INDEX idx_brand_metrics_visibility ON public.brand_metrics (visibility_index) WHERE visibility_index IS NOT NULL;

CREATE TABLE public.competitor_metrics (
  id BIGSERIAL PRIMARY KEY,
  metric_fact_id BIGINT NOT NULL REFERENCES public.metric_facts(id) ON DELETE CASCADE,
  competitor_id INTEGER NOT NULL REFERENCES public.brand_competitors(id) ON DELETE CASCADE,
  visibility_index NUMERIC(5,2),
  share_of_answers NUMERIC(5,2),
  competitor_positions INTEGER[],
  competitor_mentions INTEGER NOT NULL DEFAULT 0,
  product_mentions INTEGER NOT NULL DEFAULT 0,
  first_position INTEGER GENERATED ALWAYS AS (competitor_positions[1]) STORED,
  has_presence BOOLEAN GENERATED ALWAYS AS (competitor_mentions > 0) STORED,
  UNIQUE (metric_fact_id, competitor_id)
);

CREATE INDEX idx_competitor_metrics_comp ON public.competitor_metrics (competitor_id);
CREATE INDEX idx_competitor_metrics_visibility ON public.competitor_metrics (competitor_id, visibility_index)
  WHERE visibility_index IS NOT NULL;

CREATE TABLE public.brand_sentiment (
  id BIGSERIAL PRIMARY KEY,
  metric_fact_id BIGINT NOT NULL UNIQUE REFERENCES public.metric_facts(id) ON DELETE CASCADE,
  sentiment_label TEXT CHECK (sentiment_label IN ('POSITIVE', 'NEGATIVE', 'NEUTRAL')),
  sentiment_score NUMERIC(5,2),
  positive_sentences JSONB DEFAULT '[]'::jsonb,
  negative_sentences JSONB DEFAULT '[]'::jsonb
);

CREATE INDEX idx_brand_sentiment_label ON public.brand_sentiment (sentiment_label) WHERE sentiment_label IS NOT NULL;

CREATE TABLE public.competitor_sentiment (
  id BIGSERIAL PRIMARY KEY,
  metric_fact_id BIGINT NOT NULL REFERENCES public.metric_facts(id) ON DELETE CASCADE,
  competitor_id INTEGER NOT NULL REFERENCES public.brand_competitors(id) ON DELETE CASCADE,
  sentiment_label TEXT CHECK (sentiment_label IN ('POSITIVE', 'NEGATIVE', 'NEUTRAL')),
  sentiment_score NUMERIC(5,2),
  positive_sentences JSONB DEFAULT '[]'::jsonb,
  negative_sentences JSONB DEFAULT '[]'::jsonb,
  UNIQUE (metric_fact_id, competitor_id)
);

CREATE INDEX idx_competitor_sentiment_comp ON public.competitor_sentiment (competitor_id);

-- One row per (brand, customer, collector, UTC day). Readers divide the sums by the counts; the three averages are
-- for people who look at one row. Laid out in the order in which it is read.
CREATE MATERIALIZED VIEW public.mv_brand_daily_metrics AS
SELECT
  mf.brand_id,
  mf.customer_id,
  mf.collector_type,
  (mf.processed_at AT TIME ZONE 'UTC')::date AS metric_date,
  AVG(bm.visibility_index) AS avg_visibility,
  AVG(bm.share_of_answers) AS avg_share,
  COUNT(*) FILTER (WHERE bm.has_brand_presence) AS presence_count,
  COUNT(*) AS total_responses,
  AVG(bs.sentiment_score) AS avg_sentiment,
  COUNT(*) FILTER (WHERE bs.sentiment_label = 'POSITIVE') AS positive_count,
  COUNT(*) FILTER (WHERE bs.sentiment_label = 'NEGATIVE') AS negative_count,
  COUNT(*) FILTER (WHERE bs.sentiment_label = 'NEUTRAL') AS neutral_count,
  MIN(mf.processed_at) AS first_response,
  MAX(mf.processed_at) AS last_response,
  SUM(bm.visibility_index) AS visibility_sum,
  COUNT(bm.visibility_index) AS visibility_count,
  SUM(bm.share_of_answers) AS share_sum,
  COUNT(bm.share_of_answers) AS share_count,
  SUM(bs.sentiment_score) AS sentiment_sum,
  COUNT(bs.sentiment_score) AS sentiment_count
FROM public.metric_facts mf
LEFT JOIN public.brand_metrics bm ON bm.metric_fact_id = mf.id
LEFT JOIN public.brand_sentiment bs ON bs.metric_fact_id = mf.id
GROUP BY mf.brand_id, mf.customer_id, mf.collector_type, (mf.processed_at AT TIME ZONE 'UTC')::date
ORDER BY mf.brand_id, (mf.processed_at AT TIME ZONE 'UTC')::date, mf.collector_type COLLATE "C", mf.customer_id;

CREATE UNIQUE INDEX idx_mv_brand_daily_metrics_lookup
  ON public.mv_brand_daily_metrics (brand_id, customer_id, collector_type, metric_date);
CREATE INDEX idx_mv_brand_daily_metrics_date_range
  ON public.mv_brand_daily_metrics (brand_id, metric_date, collector_type COLLATE "C");

COMMENT ON TABLE public.metric_facts IS 'Core fact table linking collector results to metrics';
COMMENT ON TABLE public.brand_metrics IS 'Brand-specific visibility and position metrics';
COMMENT ON TABLE public.competitor_metrics IS 'Competitor-specific visibility and position metrics';
COMMENT ON TABLE public.brand_sentiment IS 'Brand sentiment analysis results';
COMMENT ON TABLE public.competitor_sentiment IS 'Competitor sentiment analysis results';
COMMENT ON MATERIALIZED VIEW public.mv_brand_daily_metrics IS 'Pre-aggregated daily metrics for fast dashboard queries';
