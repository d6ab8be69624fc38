/// A way in which star rows can be wrong, as SQL that makes some of them so.
struct StarDefect {
  let kind: String
  let statements: [String]
  /// False where the tables are made to hold what their constraints forbid.
  var canBeMended = true

  init(_ kind: String, _ statements: String..., canBeMended: Bool = true) {
    self.kind = kind
    self.statements = statements
    self.canBeMended = canBeMended
  }

  static let all = rows + ids + numbers + texts + moments + swaps + json + everyColumn

  private static let rows = [
    StarDefect("missing row", "DELETE FROM metric_facts WHERE id % 23 = 4"),
    StarDefect("missing row", "DELETE FROM brand_metrics WHERE id % 11 = 4"),
    StarDefect("missing row", "DELETE FROM competitor_metrics WHERE id % 11 = 4"),
    StarDefect("missing row", "DELETE FROM brand_sentiment WHERE id % 11 = 4"),
    StarDefect("missing row", "DELETE FROM competitor_sentiment WHERE id % 11 = 4"),
    StarDefect("a score of 0 taken for none", "DELETE FROM brand_sentiment WHERE sentiment_score = 0"),
    StarDefect(
      "surplus row",
      "INSERT INTO brand_sentiment (metric_fact_id) SELECT id FROM metric_facts WHERE id % 3 = 0 ON CONFLICT DO NOTHING"
    ),
    StarDefect(
      "surplus row",
      """
      INSERT INTO competitor_metrics (metric_fact_id, competitor_id, visibility_index)
      SELECT f.id, c.id, 0 FROM metric_facts f JOIN brand_competitors c USING (brand_id) WHERE (f.id + c.id) % 29 = 0
      ON CONFLICT DO NOTHING
      """),
    StarDefect(
      "surplus row",
      """
      INSERT INTO competitor_sentiment (metric_fact_id, competitor_id, sentiment_label)
      SELECT f.id, c.id, 'NEUTRAL' FROM metric_facts f JOIN brand_competitors c USING (brand_id)
      WHERE (f.id + c.id) % 29 = 0
      ON CONFLICT DO NOTHING
      """),
    StarDefect(
      "orphan fact",
      """
      INSERT INTO metric_facts (collector_result_id, brand_id, customer_id, query_id, collector_type, processed_at)
      SELECT id, brand_id, customer_id, query_id, collector_type, created_at FROM collector_results
      ON CONFLICT DO NOTHING
      """),
    StarDefect(
      "duplicate row", "ALTER TABLE brand_metrics DROP CONSTRAINT brand_metrics_metric_fact_id_key",
      """
      INSERT INTO brand_metrics (metric_fact_id, visibility_index, share_of_answers, has_brand_presence,
        brand_first_position, brand_positions, total_brand_mentions, total_word_count, product_mentions)
      SELECT metric_fact_id, visibility_index, share_of_answers, has_brand_presence, brand_first_position,
        brand_positions, total_brand_mentions, total_word_count, product_mentions
      FROM brand_metrics WHERE id % 13 = 5
      """, canBeMended: false),
    StarDefect(
      "two duplicates, which XOR does not see",
      "ALTER TABLE competitor_sentiment DROP CONSTRAINT competitor_sentiment_metric_fact_id_competitor_id_key",
      """
      INSERT INTO competitor_sentiment (metric_fact_id, competitor_id, sentiment_label, sentiment_score,
        positive_sentences, negative_sentences)
      SELECT metric_fact_id, competitor_id, sentiment_label, sentiment_score, positive_sentences, negative_sentences
      FROM competitor_sentiment, generate_series(1, 2) WHERE id % 29 = 5
      """, canBeMended: false),
    StarDefect(
      "two facts of one result", "ALTER TABLE metric_facts DROP CONSTRAINT metric_facts_collector_result_id_key",
      """
      INSERT INTO metric_facts (collector_result_id, brand_id, customer_id, query_id, collector_type, topic,
        processed_at, created_at, metadata)
      SELECT collector_result_id, brand_id, customer_id, query_id, collector_type, topic, processed_at, created_at,
        metadata
      FROM metric_facts WHERE id % 13 = 5
      """, canBeMended: false),
  ]

  private static let ids = [
    StarDefect("wrong brand", "UPDATE metric_facts SET brand_id = \(another("brand")) WHERE id % 9 = 1"),
    StarDefect("wrong customer", "UPDATE metric_facts SET customer_id = \(another("customer")) WHERE id % 9 = 2"),
    StarDefect(
      "wrong query",
      "UPDATE metric_facts f SET query_id = (SELECT min(id::text)::uuid FROM generated_queries q WHERE q.id <> f.query_id) WHERE id % 9 = 3"
    ),
    StarDefect(
      "wrong competitor",
      """
      UPDATE competitor_metrics SET competitor_id = competitor_id % 30 + 1
      WHERE id % 17 = 1 AND NOT EXISTS (SELECT FROM competitor_metrics o
        WHERE o.metric_fact_id = competitor_metrics.metric_fact_id
          AND o.competitor_id = competitor_metrics.competitor_id % 30 + 1)
      """),
    StarDefect(
      "row of another result",
      """
      UPDATE metric_facts f SET collector_result_id = r.id
      FROM (
        SELECT id, lead(id) OVER (ORDER BY id) AS next FROM collector_results r
        WHERE NOT EXISTS (SELECT FROM metric_facts o WHERE o.collector_result_id = r.id)) r
      WHERE f.collector_result_id BETWEEN r.id + 1 AND r.next - 1
        AND f.id = (SELECT min(o.id) FROM metric_facts o WHERE o.collector_result_id BETWEEN r.id + 1 AND r.next - 1)
      """),
  ]

  private static let numbers = [
    StarDefect("NULL turned 0", "UPDATE brand_metrics SET visibility_index = 0 WHERE visibility_index IS NULL"),
    StarDefect("NULL turned 0", "UPDATE competitor_sentiment SET sentiment_score = 0 WHERE sentiment_score IS NULL"),
    StarDefect("0 turned NULL", "UPDATE competitor_metrics SET share_of_answers = NULL WHERE share_of_answers = 0"),
    StarDefect("sign flip", "UPDATE brand_sentiment SET sentiment_score = -sentiment_score WHERE id % 4 = 0"),
    StarDefect("sign flip", "UPDATE competitor_metrics SET visibility_index = -visibility_index WHERE id % 9 = 0"),
    StarDefect(
      "one unit of scale",
      "UPDATE brand_metrics SET share_of_answers = share_of_answers - 0.01 * sign(share_of_answers) WHERE id % 4 = 1"),
    StarDefect(
      "half to even",
      """
      UPDATE brand_metrics m SET visibility_index = trunc(w.visibility_index, 2)
      FROM metric_facts f JOIN extracted_positions w USING (collector_result_id, processed_at)
      WHERE f.id = m.metric_fact_id AND w.competitor_name IS NULL AND abs(w.visibility_index * 1000) % 10 = 5
        AND trunc(w.visibility_index * 100) % 2 = 0
      """),
    StarDefect(
      "truncated scale",
      """
      UPDATE competitor_metrics m SET share_of_answers = trunc(w.share_of_answers_competitor, 2)
      FROM metric_facts f JOIN extracted_positions w USING (collector_result_id)
      JOIN brand_competitors c ON c.competitor_name = w.competitor_name
      WHERE f.id = m.metric_fact_id AND c.id = m.competitor_id AND abs(w.share_of_answers_competitor) < 999
      """),
    StarDefect(
      "one decimal", "UPDATE brand_metrics SET visibility_index = trunc(visibility_index, 1) WHERE id % 3 = 0"),
    StarDefect(
      "pair that makes up for each other",
      "UPDATE brand_metrics SET total_word_count = total_word_count + CASE id % 20 WHEN 1 THEN 1 ELSE -1 END WHERE id % 20 IN (1, 2)"
    ),
    StarDefect(
      "presence from mentions", "UPDATE brand_metrics SET has_brand_presence = total_brand_mentions > 0"),
    StarDefect(
      "generated column adrift", "ALTER TABLE competitor_metrics ALTER first_position DROP EXPRESSION",
      "UPDATE competitor_metrics SET first_position = coalesce(first_position, 0) + 1 WHERE id % 19 = 3",
      canBeMended: false),
    StarDefect(
      "generated column adrift", "ALTER TABLE competitor_metrics ALTER has_presence DROP EXPRESSION",
      "UPDATE competitor_metrics SET has_presence = NOT has_presence WHERE id % 19 = 4", canBeMended: false),
    StarDefect("empty list for NULL", "UPDATE brand_metrics SET brand_positions = NULL WHERE brand_positions = '{}'"),
    StarDefect(
      "order of a list",
      "UPDATE competitor_metrics SET competitor_positions = '{9,3,27}' WHERE competitor_positions = '{3,9,27}' AND id % 5 = 0"
    ),
    StarDefect(
      "list cut short",
      "UPDATE brand_metrics SET brand_positions = brand_positions[1:2] WHERE cardinality(brand_positions) = 3"),
  ]

  private static let texts = [
    StarDefect("NULL turned ''", "UPDATE metric_facts SET topic = '' WHERE topic IS NULL AND id % 3 = 0"),
    StarDefect("'' turned NULL", "UPDATE metric_facts SET topic = NULL WHERE topic = ''"),
    StarDefect("case", "UPDATE metric_facts SET topic = upper(topic) WHERE id % 3 = 0"),
    StarDefect("case", "UPDATE metric_facts SET collector_type = lower(collector_type)"),
    StarDefect("Unicode form", "UPDATE metric_facts SET topic = normalize(topic, NFD)"),
    StarDefect("Unicode form", "UPDATE metric_facts SET collector_type = normalize(collector_type, NFC)"),
    StarDefect("trailing space", "UPDATE metric_facts SET topic = topic || ' ' WHERE id % 5 = 0"),
    StarDefect("trailing space", "UPDATE metric_facts SET collector_type = collector_type || ' ' WHERE id % 9 = 0"),
    StarDefect("label lost", "UPDATE brand_sentiment SET sentiment_label = NULL WHERE sentiment_score IS NOT NULL"),
    StarDefect(
      "label guessed", "UPDATE competitor_sentiment SET sentiment_label = 'NEUTRAL' WHERE sentiment_label IS NULL"),
  ]

  private static let moments = [
    StarDefect("day before", "UPDATE metric_facts SET processed_at = processed_at - interval '1 day' WHERE id % 9 = 5"),
    StarDefect("day after", "UPDATE metric_facts SET processed_at = processed_at + interval '1 day' WHERE id % 9 = 6"),
    StarDefect(
      "local time",
      "UPDATE metric_facts SET processed_at = processed_at AT TIME ZONE 'America/New_York' AT TIME ZONE 'UTC'"),
    StarDefect(
      "hour of summer time",
      """
      UPDATE metric_facts SET processed_at = processed_at + interval '1 hour'
      WHERE extract(hour FROM processed_at AT TIME ZONE 'Europe/Berlin') = extract(hour FROM processed_at AT TIME ZONE 'UTC') + 2
      """),
    StarDefect("milliseconds", "UPDATE metric_facts SET processed_at = date_trunc('milliseconds', processed_at)"),
    StarDefect("one moment for two", "UPDATE metric_facts SET created_at = processed_at WHERE id % 5 = 0"),
  ]

  private static let swaps = [
    StarDefect(
      "metrics swapped",
      "UPDATE brand_metrics SET visibility_index = share_of_answers, share_of_answers = visibility_index"
    ),
    StarDefect(
      "two values of one row",
      "UPDATE brand_metrics SET total_brand_mentions = total_word_count, total_word_count = total_brand_mentions"),
    StarDefect(
      "two values of one row",
      "UPDATE competitor_sentiment SET positive_sentences = negative_sentences, negative_sentences = positive_sentences"
    ),
    StarDefect(
      "brand for competitor",
      """
      UPDATE brand_metrics m SET visibility_index = c.visibility_index
      FROM competitor_metrics c WHERE c.metric_fact_id = m.metric_fact_id AND c.id % 5 = 0
      """),
    StarDefect(
      "two competitors",
      """
      UPDATE competitor_metrics m SET visibility_index = c.visibility_index, competitor_mentions = c.competitor_mentions
      FROM competitor_metrics c
      WHERE c.metric_fact_id = m.metric_fact_id AND c.competitor_id = (
        SELECT max(o.competitor_id) FROM competitor_metrics o
        WHERE o.metric_fact_id = m.metric_fact_id AND o.competitor_id <> m.competitor_id)
      """),
    StarDefect(
      "two results",
      """
      UPDATE brand_sentiment m SET sentiment_score = s.sentiment_score
      FROM brand_sentiment s WHERE s.id = m.id # 1
      """),
    StarDefect(
      "stale version",
      """
      UPDATE brand_metrics m SET visibility_index = w.visibility_index, total_word_count = coalesce(w.total_word_count, 0)
      FROM (
        SELECT DISTINCT ON (collector_result_id) collector_result_id, visibility_index, total_word_count
        FROM extracted_positions WHERE competitor_name IS NULL
        ORDER BY collector_result_id, processed_at, id) w
      JOIN metric_facts f USING (collector_result_id)
      WHERE f.id = m.metric_fact_id AND abs(w.visibility_index) < 999
      """),
  ]

  private static let json = [
    StarDefect("JSON null for none", "UPDATE metric_facts SET metadata = 'null' WHERE metadata IS NULL AND id % 3 = 1"),
    StarDefect("none for JSON null", "UPDATE metric_facts SET metadata = NULL WHERE metadata = 'null'"),
    StarDefect(
      "float noise", #"UPDATE metric_facts SET metadata = '{"a": [1.0000000000000002, "x"]}' WHERE metadata ? 'a'"#),
    StarDefect(
      "JSON null for none", "UPDATE brand_sentiment SET positive_sentences = 'null' WHERE positive_sentences = '[]'"),
    StarDefect(
      "NULL for none", "UPDATE competitor_sentiment SET negative_sentences = NULL WHERE negative_sentences = '[]'"),
    StarDefect(
      "order of a list",
      #"UPDATE brand_sentiment SET negative_sentences = '["two", "one"]' WHERE negative_sentences <> '[]'"#),
  ]

  /// Each column of each table, changed the least.
  private static let everyColumn = [
    ("metric_facts", "brand_id", another("brand")), ("metric_facts", "customer_id", another("customer")),
    ("metric_facts", "collector_type", "collector_type || '.'"),
    ("metric_facts", "topic", "coalesce(topic, '') || '.'"),
    ("metric_facts", "processed_at", "processed_at + interval '1 microsecond'"),
    ("metric_facts", "created_at", "created_at - interval '1 microsecond'"),
    ("metric_facts", "metadata", "jsonb_build_array(metadata)"),
    ("brand_metrics", "visibility_index", unit("visibility_index")),
    ("brand_metrics", "share_of_answers", unit("share_of_answers")),
    ("brand_metrics", "has_brand_presence", "NOT has_brand_presence"),
    ("brand_metrics", "brand_first_position", "coalesce(brand_first_position, 0) + 1"),
    ("brand_metrics", "brand_positions", "brand_positions || 1"),
    ("brand_metrics", "total_brand_mentions", "total_brand_mentions + 1"),
    ("brand_metrics", "total_word_count", "total_word_count - 1"),
    ("brand_metrics", "product_mentions", "product_mentions + 1"),
    ("competitor_metrics", "visibility_index", unit("visibility_index")),
    ("competitor_metrics", "share_of_answers", unit("share_of_answers")),
    ("competitor_metrics", "competitor_positions", "competitor_positions || 1"),
    ("competitor_metrics", "competitor_mentions", "competitor_mentions + 1"),
    ("competitor_metrics", "product_mentions", "product_mentions - 1"),
    ("brand_sentiment", "sentiment_label", "CASE sentiment_label WHEN 'POSITIVE' THEN 'NEGATIVE' ELSE 'POSITIVE' END"),
    ("brand_sentiment", "sentiment_score", unit("sentiment_score")),
    ("brand_sentiment", "positive_sentences", #"positive_sentences || '["more"]'"#),
    ("brand_sentiment", "negative_sentences", #"negative_sentences || '["more"]'"#),
    ("competitor_sentiment", "sentiment_label", "CASE sentiment_label WHEN 'NEUTRAL' THEN NULL ELSE 'NEUTRAL' END"),
    ("competitor_sentiment", "sentiment_score", unit("sentiment_score")),
    ("competitor_sentiment", "positive_sentences", #"positive_sentences || '["more"]'"#),
    ("competitor_sentiment", "negative_sentences", #"negative_sentences || '["more"]'"#),
  ].map { table, column, value in
    StarDefect("one column", "UPDATE \(table) SET \(column) = \(value) WHERE id % 19 = 7")
  }

  private static func another(_ what: String) -> String {
    "(SELECT min(o.id::text)::uuid FROM \(what)s o WHERE o.id <> \(what)_id)"
  }

  private static func unit(_ column: String) -> String {
    "coalesce(\(column), 0) - 0.01 * (CASE WHEN \(column) < 0 THEN -1 ELSE 1 END)"
  }
}
