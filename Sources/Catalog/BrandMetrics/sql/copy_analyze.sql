-- name: copy_analyze
-- why: plans for the new tables should be made for what they now hold. A table that holds nothing is left out: once it
--      is known to be empty no plan uses its indexes, and plans are kept.

DO $$
DECLARE
  new_table TEXT;
  has_rows BOOLEAN;
BEGIN
  FOREACH new_table IN ARRAY ARRAY[
    'metric_facts', 'brand_metrics', 'competitor_metrics', 'brand_sentiment', 'competitor_sentiment'] LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM %I)', new_table) INTO has_rows;
    IF has_rows THEN
      EXECUTE format('ANALYZE %I', new_table);
    END IF;
  END LOOP;
END
$$
