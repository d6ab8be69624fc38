import EventLoop
import Migration
import Postgres
import SQL
import Testing
import TestSupport

/// Results that are scored into the new tables alone, and the wide rows that are written from them afterwards.
@Suite(.serialized) struct StarOnlyTests {
  @Test(
    "results scored without wide rows give the star rows of dual write, and the wide rows written back are its wide rows",
    arguments: [131, 132, 133] as [UInt64], [true, false])
  func equalsDualWrite(seed: UInt64, isBackdated: Bool) async throws {
    let world = SampleWorld.make(seed: seed, resultsPerBrand: 60)
    var generator = SeededGenerator(seed: seed)
    let scored = ScoredRows.make(for: world, &generator)
    try await onLoop { loop in
      let stage = try await Stage.open(world, on: loop, isCopied: false)
      defer { stage.close() }
      try await stage.run("TRUNCATE extracted_positions")
      // Both in one transaction, where now() stands still.
      try await stage.pool.transaction { session in
        let keys = Bind.array(scored.ids)
        let binds: [Bind] = [.text(scored.json), .boolean(isBackdated)]
        _ = try await session.query(Self.statement("score_insert"), binds)
        let copied = try await session.query(Stage.migration.copy.copy, [keys] + refusing())
        let star = try await Self.lines(Self.star, in: session)
        let wide = try await Self.lines(Self.wide(of: "copied"), in: session)
        let skipped = try await session.query(Statement("SELECT count(DISTINCT reason) FROM switchyard.skipped_rows"))
        #expect(skipped.integer(row: 0, column: 0) == 4, "overflow, bad_label, unknown_competitor, no_brand_row")
        #expect(star.count > 1_000 && wide.count > 800)
        try await session.run(script: "TRUNCATE metric_facts CASCADE; TRUNCATE extracted_positions")

        let inserted = try await session.query(Self.statement("score_insert.new"), binds)
        #expect(try await Self.lines(Self.star, in: session) == star)
        for table in Stage.migration.newTables.map(\.name) {
          #expect(Self.count(inserted, table) == Self.count(copied, table), "\(table)")
        }
        let again = try await session.query(Self.statement("score_insert.new"), binds)
        #expect(again.columns.indices.allSatisfy { again.integer(row: 0, column: $0) == 0 }, "once is enough")

        let written = try await session.query(Stage.migration.retirement.writeBack, [keys])
        #expect(written.integer(row: 0, column: 0) == wide.count)
        let back = try await Self.lines(Self.wide(of: "all"), in: session)
        #expect(back == wide)
        let more = try await session.query(Stage.migration.retirement.writeBack, [keys])
        #expect(more.integer(row: 0, column: 0) == 0)
      }
    }
  }

  /// Changes of the star rows that wide rows can say.
  private static let changes: [String] = [
    "UPDATE metric_facts SET processed_at = processed_at - interval '40 days' WHERE id % 3 = 0",
    "UPDATE metric_facts SET processed_at = processed_at + interval '1 microsecond', topic = 'new' WHERE id % 5 = 1",
    "UPDATE metric_facts SET collector_type = 'another', metadata = NULL, created_at = now() WHERE id % 7 = 1",
    "UPDATE metric_facts f SET query_id = (SELECT min(id::text)::uuid FROM generated_queries) WHERE id % 7 = 2",
    "UPDATE brand_metrics SET visibility_index = 0, brand_positions = '{1,2}', total_brand_mentions = 9, product_mentions = 9 WHERE id % 3 = 0",
    "UPDATE brand_metrics SET has_brand_presence = NOT has_brand_presence WHERE id % 5 = 0",
    "UPDATE brand_metrics SET share_of_answers = NULL, brand_first_position = NULL, total_word_count = 0 WHERE id % 5 = 1",
    "UPDATE competitor_metrics SET visibility_index = -visibility_index, competitor_mentions = 2, product_mentions = 2 WHERE id % 3 = 0",
    "UPDATE competitor_metrics SET share_of_answers = 1, competitor_positions = '{5}' WHERE id % 5 = 0",
    "UPDATE brand_sentiment SET sentiment_label = 'NEUTRAL', positive_sentences = '[\"new\"]' WHERE id % 3 = 0",
    "DELETE FROM brand_sentiment WHERE id % 7 = 0", "DELETE FROM competitor_sentiment WHERE id % 7 = 0",
    "INSERT INTO competitor_sentiment (metric_fact_id, competitor_id, sentiment_score) SELECT metric_fact_id, competitor_id, 0 FROM competitor_metrics ON CONFLICT DO NOTHING",
    "UPDATE competitor_sentiment SET sentiment_score = NULL, sentiment_label = 'NEGATIVE', negative_sentences = '[\"n\"]' WHERE id % 5 = 0",
    """
    INSERT INTO competitor_metrics (metric_fact_id, competitor_id, competitor_positions)
    SELECT f.id, c.id, '{}' FROM metric_facts f JOIN brand_competitors c USING (brand_id) WHERE (f.id + c.id) % 5 = 0
    ON CONFLICT DO NOTHING
    """,
    // Among them those whose wide rows are skipped, with a moment before or after theirs.
    """
    WITH f AS (
      INSERT INTO metric_facts (collector_result_id, brand_id, customer_id, query_id, collector_type, processed_at)
      SELECT id, brand_id, customer_id, query_id, collector_type, created_at - interval '3 years' * (id % 2)
      FROM collector_results ON CONFLICT DO NOTHING RETURNING id, brand_id),
    m AS (INSERT INTO brand_metrics (metric_fact_id, visibility_index, brand_positions) SELECT id, 7, '{}' FROM f)
    INSERT INTO competitor_metrics (metric_fact_id, competitor_id, visibility_index, competitor_positions)
    SELECT f.id, c.id, 8, '{}' FROM f JOIN brand_competitors c USING (brand_id)
    """,
  ]

  @Test(
    "star rows that changed alone are written back: nothing differs then, and what was right is not touched",
    arguments: [134, 135] as [UInt64])
  func writesBackChanges(seed: UInt64) async throws {
    let world = SampleWorld.make(seed: seed, resultsPerBrand: 100)
    try await onLoop { loop in
      let traps = TrapRows(world, seed: seed)
      let stage = try await Stage.traps(world, traps.rows, on: loop)
      defer { stage.close() }
      _ = try await stage.value("SELECT setval('extracted_positions_id_seq', max(id)) FROM extracted_positions")
      _ = try await stage.pool.query(Stage.migration.copy.copy, [try await stage.keys()] + refusing())
      for (number, change) in Self.changes.enumerated() {
        let before = try await Self.lines(Self.places, in: stage.pool)
        let differing = try await stage.differences().prefix(2)
        #expect(differing.isEmpty, "seed \(seed), before \(change)")
        try await stage.run(change)
        let toMend = Set(try await stage.differences().map { $0[1]! })
        #expect(!toMend.isEmpty, "\(change)")

        let written = try await Self.writeBack(on: stage)
        let after = try await Self.lines(Self.places, in: stage.pool)
        #expect(try await stage.differences().prefix(2).isEmpty, "seed \(seed), \(number): \(change)")
        let touched = Set(before).subtracting(after)
        #expect(written == Set(after).subtracting(before).count, "\(change)")
        #expect(
          touched.allSatisfy { toMend.contains(String($0.split(separator: " ")[0])) }, "\(change): no other is touched")
        let ids = { (lines: [String]) in Set(lines.map { $0.split(separator: " ")[1] }) }
        #expect(ids(before).isSubset(of: ids(after)), "nothing is deleted")
        #expect(try await Self.writeBack(on: stage) == 0, "\(change)")
        let unlike = try await stage.recordedUnlikeJudged()
        #expect(unlike.prefix(2).isEmpty, "seed \(seed), \(number): \(change): \(unlike.count)")
      }
    }
  }

  @Test("competitors' wide rows follow their brand row to another day, collector or brand")
  func keepsCellsTogether() async throws {
    let world = SampleWorld.make(seed: 136, resultsPerBrand: 40)
    try await onLoop { loop in
      let stage = try await Stage.open(world, on: loop)
      defer { stage.close() }
      try await stage.run("UPDATE metric_facts SET processed_at = processed_at - interval '2 days' WHERE id % 3 = 0")
      try await stage.run("UPDATE metric_facts SET collector_type = 'moved' WHERE id % 3 = 1")
      #expect(try await Self.writeBack(on: stage) > 100)
      let explained = try await stage.pool.query(
        Stage.migration.parity.explained, [try await stage.keys()] + refusing())
      #expect(explained.isEmpty, "both schemas answer alike")
      #expect(try await stage.differences().isEmpty)
    }
  }

  // MARK: Helpers

  private static func statement(_ file: String) -> Statement {
    Statement(SQLFile.all.first { $0.baseName == file }!.text)
  }

  private static func writeBack(on stage: Stage) async throws -> Int {
    var last = Int.min
    var written = 0
    while true {
      let rows = try await stage.pool.query(Stage.migration.nextKeys, [.integer(last), .integer(83)])
      let keys = (0..<rows.count).map { rows.integer(row: $0, column: 0)! }
      guard let end = keys.last else { return written }
      #expect(keys == keys.sorted() && keys[0] > last)
      written += try await stage.pool.query(Stage.migration.retirement.writeBack, [.array(keys)])
        .integer(row: 0, column: 0)!
      last = end
    }
  }

  private static func count(_ rows: Rows, _ column: String) -> Int? {
    rows.columns.firstIndex { $0.name == column }.flatMap { rows.integer(row: 0, column: $0) }
  }

  private static func lines(_ query: String, in session: any Session) async throws -> [String] {
    let rows = try await session.query(Statement(query))
    return (0..<rows.count).map { rows.string(row: $0, column: 0)! }
  }

  private static let places =
    "SELECT collector_result_id || ' ' || id || ' ' || ctid || ' ' || xmin FROM extracted_positions"

  private static let star = """
    SELECT row::text FROM (
      SELECT 1, f.collector_result_id, 0, to_jsonb(f) - 'id' FROM metric_facts f
      UNION ALL SELECT 2, f.collector_result_id, 0, to_jsonb(t) - 'id' - 'metric_fact_id'
      FROM brand_metrics t JOIN metric_facts f ON f.id = t.metric_fact_id
      UNION ALL SELECT 3, f.collector_result_id, 0, to_jsonb(t) - 'id' - 'metric_fact_id'
      FROM brand_sentiment t JOIN metric_facts f ON f.id = t.metric_fact_id
      UNION ALL SELECT 4, f.collector_result_id, t.competitor_id, to_jsonb(t) - 'id' - 'metric_fact_id'
      FROM competitor_metrics t JOIN metric_facts f ON f.id = t.metric_fact_id
      UNION ALL SELECT 5, f.collector_result_id, t.competitor_id, to_jsonb(t) - 'id' - 'metric_fact_id'
      FROM competitor_sentiment t JOIN metric_facts f ON f.id = t.metric_fact_id) row
    ORDER BY row
    """

  /// Wide rows without their ids, with the values that both schemas know. - Parameter which: `all`, or `copied`.
  private static func wide(of which: String) -> String {
    """
    SELECT row::text FROM (
      SELECT collector_result_id, competitor_name, brand_id, customer_id, query_id, collector_type, topic, raw_answer,
        brand_name, coalesce(has_brand_presence, CASE WHEN competitor_name IS NULL THEN false END), brand_first_position,
        coalesce(brand_positions, CASE WHEN competitor_name IS NULL THEN '{}'::integer[] END),
        coalesce(competitor_positions, CASE WHEN competitor_name IS NOT NULL THEN '{}'::integer[] END),
        coalesce(total_brand_mentions, CASE WHEN competitor_name IS NULL THEN 0 END),
        coalesce(competitor_mentions, CASE WHEN competitor_name IS NOT NULL THEN 0 END),
        round(visibility_index, 2), round(visibility_index_competitor, 2), round(share_of_answers_brand, 2),
        round(share_of_answers_competitor, 2), sentiment_label, round(sentiment_score, 2), sentiment_label_competitor,
        round(sentiment_score_competitor, 2),
        CASE WHEN num_nonnulls(sentiment_label, sentiment_score) > 0
          THEN coalesce(sentiment_positive_sentences, '[]') || coalesce(sentiment_negative_sentences, '[]') END,
        CASE WHEN num_nonnulls(sentiment_label_competitor, sentiment_score_competitor) > 0
          THEN coalesce(sentiment_positive_sentences_competitor, '[]')
            || coalesce(sentiment_negative_sentences_competitor, '[]') END,
        metadata, processed_at, created_at
      FROM extracted_positions
      WHERE '\(which)' = 'all' OR id NOT IN (SELECT id FROM switchyard.skipped_rows)) row
    ORDER BY row
    """
  }
}

extension Stage {
  /// Wide rows whose record of being skipped is not what verification says of them.
  fileprivate func recordedUnlikeJudged() async throws -> [String] {
    let rows = try await pool.query(Self.migration.parity.explained, [try await keys()] + refusing())
    let judged = (0..<rows.count).filter { rows.boolean(row: $0, column: 4) }.map { row in
      (0..<4).map { rows.string(row: row, column: $0) ?? "" }.joined(separator: " ")
    }
    let kept = try await pool.query(
      Statement("SELECT concat_ws(' ', table_name, id, key, reason) FROM switchyard.skipped_rows"))
    let recorded = (0..<kept.count).map { kept.string(row: $0, column: 0) ?? "" }
    return Set(judged).symmetricDifference(recorded).sorted()
  }

  /// What verification reports of every key.
  fileprivate func differences() async throws -> [[String?]] {
    let rows = try await pool.query(Self.migration.parity.differences, [try await keys()] + refusing())
    return (0..<rows.count).map { row in (0..<6).map { rows.string(row: row, column: $0) } }
  }
}
