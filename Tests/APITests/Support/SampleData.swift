import Catalog
import Cutover
import Migration
import Postgres
import SQL
import TestSupport
import Testing

/// A small world: a brand with rows of many kinds, one without any, and results that await scoring.
enum SampleData {
  static let brand = "8d6f2c1e-4b7a-4e0c-9a51-3f0f6f1f7a01"
  static let emptyBrand = "8d6f2c1e-4b7a-4e0c-9a51-3f0f6f1f7a02"
  static let unknownBrand = "ffffffff-ffff-4fff-8fff-ffffffffffff"
  static let customer = "2f1c9a34-77d5-4b09-8a6e-0c5d1f2e3a10"
  static let otherCustomer = "2f1c9a34-77d5-4b09-8a6e-0c5d1f2e3a11"
  static let hostileCompetitor = #"O'Brien"; DROP TABLE brands;-- $1 %s \"#
  /// Results of `emptyBrand` without brand rows.
  static let unscoredCount = 5
  /// Within these days lie all the rows of `brand`.
  static let range = "start=2026-01-01&end=2026-03-31"

  /// Both schemas, filled. Nobody changes it.
  static let shared = Task { try await database() }

  enum Extent { case nothing, controlOnly, oldSchema, bothSchemas, verified }

  static func database(_ extent: Extent = .bothSchemas) async throws -> ConnectionSettings {
    let settings = try await TestPostgres.database()
    try await onLoop { loop in
      let pool = Pool(settings, limits: PoolLimits(connectionsMax: 4), on: loop)
      defer { pool.close() }
      guard extent != .nothing else { return }
      try await ControlStore(database: pool, migrations: Catalog().migrations).prepare()
      guard extent != .controlOnly else { return }
      try await pool.run(script: BrandMetrics.migration().sample.oldSchema.text)
      try await pool.run(script: rows)
      guard extent != .oldSchema else { return }
      let runner = JobRunner(Catalog().migrations, database: pool, on: loop)
      let actor = Phases.Actor("test")
      _ = try await runner.run(.create, of: BrandMetrics.migration(), by: actor)
      let report = try await runner.run(.backfill, of: BrandMetrics.migration(), by: actor)
      #expect(report.contains(#""results":90"#))
      guard extent == .verified else { return }
      // As if a verification had found both schemas equal.
      try await pool.run(
        script: """
          UPDATE switchyard.migrations SET phase = 'verified';
          INSERT INTO switchyard.verifications (migration, job, is_equal) VALUES ('brand-metrics', 0, true)
          """)
    }
    return settings
  }

  private static let rows = """
    INSERT INTO customers (id, name) VALUES ('\(customer)', 'One'), ('\(otherCustomer)', 'Two');
    INSERT INTO brands (id, customer_id, name) VALUES
      ('\(emptyBrand)', '\(customer)', 'Käuzli "fine" & <b>'), ('\(brand)', '\(customer)', 'Bramble');
    INSERT INTO brand_competitors (brand_id, competitor_name) VALUES
      ('\(brand)', 'Acme'), ('\(brand)', 'a/b'), ('\(brand)', $q$\(hostileCompetitor)$q$), ('\(emptyBrand)', 'Acme');
    INSERT INTO generated_queries (id, brand_id, query_text, topic, keywords)
    SELECT format('11111111-0000-4000-8000-%s', lpad(n::text, 12, '0'))::uuid, '\(brand)', 'question ' || n,
           CASE WHEN n < 3 THEN 'topic ' || n END, ARRAY['fast', 'key ' || n]
    FROM generate_series(1, 3) n;
    INSERT INTO generated_queries (id, brand_id, query_text)
    VALUES ('22222222-0000-4000-8000-000000000001', '\(emptyBrand)', 'which owl?');
    INSERT INTO collector_results (id, brand_id, customer_id, query_id, collector_type, topic, raw_answer, citations, created_at)
    SELECT n, '\(brand)', '\(customer)', format('11111111-0000-4000-8000-%s', lpad((n % 3 + 1)::text, 12, '0'))::uuid,
           CASE WHEN n % 3 = 0 THEN 'claude' ELSE 'chatgpt' END, CASE WHEN n % 3 < 2 THEN 'topic ' || n % 3 + 1 END,
           'an answer', jsonb_build_array(jsonb_build_object('url', 'https://www.example.com/' || n), 'http://b.example'),
           '2026-01-01 12:00Z'::timestamptz + n * interval '13 hours'
    FROM generate_series(1, 90) n;
    SELECT setval('collector_results_id_seq', 1000);
    INSERT INTO extracted_positions (
      collector_result_id, brand_id, customer_id, query_id, collector_type, topic, brand_name, has_brand_presence,
      brand_first_position, brand_positions, total_brand_mentions, total_word_count, visibility_index,
      share_of_answers_brand, sentiment_label, sentiment_score, processed_at)
    SELECT id, brand_id, customer_id, query_id, collector_type, topic, 'Bramble', true, 3, '{3}', 1, 40, 33.3 + id % 7,
           50, CASE WHEN id % 2 = 0 THEN 'POSITIVE' ELSE 'NEUTRAL' END, 0.3, created_at
    FROM collector_results;
    INSERT INTO extracted_positions (
      collector_result_id, brand_id, customer_id, query_id, collector_type, topic, brand_name, competitor_name,
      competitor_positions, competitor_mentions, total_word_count, visibility_index_competitor,
      share_of_answers_competitor, processed_at)
    SELECT r.id, r.brand_id, r.customer_id, r.query_id, r.collector_type, r.topic, 'Bramble', c.competitor_name, '{9}', 1,
           40, 20 + c.id, 25, r.created_at
    FROM collector_results r JOIN brand_competitors c ON c.brand_id = r.brand_id;
    INSERT INTO collector_results (brand_id, customer_id, query_id, collector_type, raw_answer, created_at)
    SELECT '\(emptyBrand)', '\(customer)', '22222222-0000-4000-8000-000000000001', 'chatgpt',
           'Acme is good. Acme is bad.', '2026-02-01Z'::timestamptz + n * interval '1 hour'
    FROM generate_series(1, \(unscoredCount)) n;
    """
}
