/// Wide rows with traps, worked out by PostgreSQL from a seed: duplicates, ties, orphans, competitors that nobody knows or
/// whose brand row is missing, values and labels that do not fit, and rows that nobody expects PostgreSQL to refuse.
struct WideData {
  let seed: UInt64
  let results: Int
  /// Results whose brand row has a topic that is too long for its index.
  var longTopics: [Int] = []
  /// Results of which one competitor row breaks a constraint.
  var unlucky: [Int] = []

  /// The refused rows of this data make so many extra attempts at most, each as long as a batch.
  var refusedKeys: Int { longTopics.count + unlucky.count }

  static let refused = """
    SELECT e.id FROM extracted_positions e
    WHERE (e.competitor_name IS NULL AND length(e.topic) > 3000) OR e.competitor_mentions = 13
    """

  /// Three brands; the first is scored while the program runs, and its first results are kept for that.
  static let world = """
    ALTER TABLE competitor_metrics ADD CONSTRAINT unlucky CHECK (competitor_mentions <> 13);
    INSERT INTO customers (id, name) SELECT id, 'customer' FROM (\(ids)) i;
    INSERT INTO brands (id, customer_id, name) SELECT id, id, (ARRAY['Acme', 'Borealis', 'Cobalt'])[n] FROM (\(ids)) i;
    INSERT INTO generated_queries (id, brand_id, query_text, keywords) SELECT id, id, 'query', '{k}' FROM (\(ids)) i;
    INSERT INTO brand_competitors (brand_id, competitor_name)
    SELECT i.id, c.name FROM (\(ids)) i CROSS JOIN (VALUES ('Globex'), ('Initech')) c (name)
    """

  static func brand(_ number: Int) -> String { "00000000-0000-4000-8000-00000000000\(number)" }

  private static let ids =
    "SELECT n, ('00000000-0000-4000-8000-00000000000' || n)::uuid AS id FROM generate_series(1, 3) n"

  /// Dice that fall alike for the same seed, row and purpose.
  static let functions = """
    CREATE FUNCTION public.dice(seed BIGINT, n BIGINT, purpose INTEGER, sides INTEGER) RETURNS integer
    LANGUAGE sql IMMUTABLE AS
    $$ SELECT (((hashint8extended(n * 64 + purpose, seed) % sides) + sides) % sides)::integer $$;
    CREATE FUNCTION public.number(seed BIGINT, n BIGINT, purpose INTEGER) RETURNS numeric LANGUAGE sql IMMUTABLE AS
    $$ SELECT CASE
      WHEN public.dice(seed, n, purpose, 70) = 0
      THEN (ARRAY['NaN', '1000', 'Infinity', '-999.995'])[1 + public.dice(seed, n, purpose + 1, 4)]::numeric
      WHEN public.dice(seed, n, purpose, 7) > 0 THEN public.dice(seed, n, purpose + 1, 99999) / 1000.0 END $$
    """

  var script: String {
    let seed = Int64(bitPattern: seed)
    return """
      INSERT INTO collector_results (id, brand_id, customer_id, query_id, collector_type, topic, raw_answer, created_at)
      SELECT n, b.id, b.id, b.id, 'chat' || n % 2, 'topic ' || n % 5, 'Text ' || n || ': Acme is good. Globex is bad.',
        date_trunc('day', now()) - interval '20 days' + n * interval '20 minutes'
      FROM generate_series(1, \(results)) n
      JOIN brands b ON b.id = ('00000000-0000-4000-8000-00000000000' || 1 + dice(\(seed), n, 1, 3))::uuid
      WHERE dice(\(seed), n, 2, 30) > 0;
      SELECT setval('collector_results_id_seq', \(results));
      INSERT INTO extracted_positions (
        collector_result_id, brand_id, customer_id, query_id, collector_type, topic, brand_name, competitor_name,
        has_brand_presence, brand_first_position, brand_positions, competitor_positions, total_brand_mentions,
        competitor_mentions, total_word_count, visibility_index, visibility_index_competitor, share_of_answers_brand,
        share_of_answers_competitor, sentiment_label, sentiment_score, sentiment_positive_sentences,
        sentiment_label_competitor, sentiment_score_competitor, sentiment_negative_sentences_competitor, metadata,
        processed_at, created_at)
      SELECT s.n, s.brand_id, s.brand_id, CASE WHEN dice(\(seed), s.row, 3, 60) = 0 THEN md5('gone')::uuid ELSE s.brand_id END,
        CASE WHEN s.n % 97 = 5 AND s.competitor = 'Initech' THEN 'astray' ELSE 'chat' || s.n % 2 END, 'topic ' || s.n % 5, 'name', s.competitor, s.competitor IS NULL AND dice(\(seed), s.row, 4, 2) = 0,
        CASE WHEN s.competitor IS NULL THEN 1 + dice(\(seed), s.row, 5, 9) END,
        CASE WHEN s.competitor IS NULL THEN ARRAY[1, 7] END, CASE WHEN s.competitor IS NOT NULL THEN ARRAY[3] END,
        CASE WHEN s.competitor IS NULL THEN s.mentions END, CASE WHEN s.competitor IS NOT NULL THEN s.mentions END,
        dice(\(seed), s.row, 6, 200), CASE WHEN s.competitor IS NULL THEN s.visibility END,
        CASE WHEN s.competitor IS NOT NULL THEN s.visibility END, CASE WHEN s.competitor IS NULL THEN s.share END,
        CASE WHEN s.competitor IS NOT NULL THEN s.share END, CASE WHEN s.competitor IS NULL THEN s.label END,
        CASE WHEN s.competitor IS NULL THEN s.score END, CASE WHEN s.competitor IS NULL THEN '["good"]'::jsonb END,
        CASE WHEN s.competitor IS NOT NULL THEN s.label END, CASE WHEN s.competitor IS NOT NULL THEN s.score END,
        CASE WHEN s.competitor IS NOT NULL THEN 'null'::jsonb END,
        CASE WHEN dice(\(seed), s.row, 7, 4) = 0 THEN '{"a": 1}'::jsonb END, s.at, s.at
      FROM (
        SELECT w.n, w.row, w.competitor,
          ('00000000-0000-4000-8000-00000000000' || 1 + dice(\(seed), w.n, 1, 3))::uuid AS brand_id,
          dice(\(seed), w.row, 8, 12) AS mentions, number(\(seed), w.row, 10) AS visibility,
          number(\(seed), w.row, 12) AS share, number(\(seed), w.row, 14) AS score,
          CASE dice(\(seed), w.row, 9, 40) WHEN 0 THEN 'MIXED' WHEN 1 THEN NULL
            ELSE (ARRAY['POSITIVE', 'NEGATIVE', 'NEUTRAL'])[1 + dice(\(seed), w.row, 16, 3)] END AS label,
          date_trunc('day', now()) - interval '20 days' + w.n * interval '20 minutes'
            + dice(\(seed), w.row, 17, 3) * interval '1 second' AS at
        FROM (
          SELECT n, n * 16 + k.place * 4 + copy AS row, k.competitor, k.often, copy
          FROM generate_series(1, \(results)) n
          CROSS JOIN (VALUES (0, NULL, 95), (1, 'Globex', 75), (2, 'Initech', 75), (3, 'Nobody', 8)) k (place, competitor, often)
          CROSS JOIN generate_series(0, 1) copy) w
        WHERE dice(\(seed), w.row, 18, 100) < CASE WHEN w.copy = 0 THEN w.often ELSE 8 END) s;
      UPDATE extracted_positions e
      SET topic = (SELECT string_agg(md5(e.id::text || i), '') FROM generate_series(1, 300) i)
      WHERE e.competitor_name IS NULL AND e.collector_result_id = ANY ('{\(Self.list(longTopics))}');
      UPDATE extracted_positions e SET competitor_mentions = 13
      WHERE e.competitor_name = 'Globex' AND e.collector_result_id = ANY ('{\(Self.list(unlucky))}');
      SELECT setval('extracted_positions_id_seq', (SELECT max(id) FROM extracted_positions))
      """
  }

  private static func list(_ numbers: [Int]) -> String { numbers.map(String.init).joined(separator: ",") }
}
