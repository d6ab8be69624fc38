-- name: old_schema
-- takes: nothing
-- why: the schema that a production user already has (database.md, section 1); `demo` and the tests create it

CREATE TABLE public.customers (
  id UUID PRIMARY KEY,
  name TEXT NOT NULL,
  created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE TABLE public.brands (
  id UUID PRIMARY KEY,
  customer_id UUID NOT NULL REFERENCES public.customers(id),
  name TEXT NOT NULL,
  created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE TABLE public.brand_competitors (
  id SERIAL PRIMARY KEY,
  brand_id UUID NOT NULL REFERENCES public.brands(id) ON DELETE CASCADE,
  competitor_name TEXT NOT NULL,
  UNIQUE (brand_id, competitor_name)
);

CREATE TABLE public.generated_queries (
  id UUID PRIMARY KEY,
  brand_id UUID NOT NULL REFERENCES public.brands(id) ON DELETE CASCADE,
  query_text TEXT NOT NULL,
  topic TEXT,
  keywords TEXT[] NOT NULL DEFAULT '{}'
);

-- kept for ever: the source of truth for raw answers
CREATE TABLE public.collector_results (
  id BIGSERIAL PRIMARY KEY,
  brand_id UUID NOT NULL REFERENCES public.brands(id) ON DELETE CASCADE,
  customer_id UUID NOT NULL REFERENCES public.customers(id),
  query_id UUID NOT NULL REFERENCES public.generated_queries(id),
  collector_type TEXT NOT NULL,
  topic TEXT,
  raw_answer TEXT NOT NULL,
  citations JSONB NOT NULL DEFAULT '[]',
  sentiment JSONB,
  created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

-- the wide table that goes away; competitor_name NULL: the brand's row, a name: that competitor's row
CREATE TABLE public.extracted_positions (
  id BIGSERIAL PRIMARY KEY,
  collector_result_id BIGINT NOT NULL,
  brand_id UUID NOT NULL,
  customer_id UUID NOT NULL,
  query_id UUID NOT NULL,
  collector_type TEXT NOT NULL,
  topic TEXT,
  raw_answer TEXT,
  brand_name TEXT NOT NULL,
  competitor_name TEXT,
  has_brand_presence BOOLEAN,
  brand_first_position INTEGER,
  brand_positions INTEGER[],
  competitor_positions INTEGER[],
  total_brand_mentions INTEGER,
  competitor_mentions INTEGER,
  total_word_count INTEGER,
  visibility_index NUMERIC,
  visibility_index_competitor NUMERIC,
  share_of_answers_brand NUMERIC,
  share_of_answers_competitor NUMERIC,
  sentiment_label TEXT,
  sentiment_score NUMERIC,
  sentiment_positive_sentences JSONB,
  sentiment_negative_sentences JSONB,
  sentiment_label_competitor TEXT,
  sentiment_score_competitor NUMERIC,
  sentiment_positive_sentences_competitor JSONB,
  sentiment_negative_sentences_competitor JSONB,
  metadata JSONB,
  processed_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE INDEX idx_extracted_positions_brand_id ON public.extracted_positions (brand_id);
CREATE INDEX idx_extracted_positions_collector_result_id ON public.extracted_positions (collector_result_id);
