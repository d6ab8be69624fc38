import Cutover
import EventLoop
import SQL
import ScoreNow
import TestSupport
import Testing

@Suite struct BackfillTests {
  /// What the new tables hold, without ids that they made up themselves.
  private static func contents(_ stage: Stage) async throws -> [[String?]] {
    try await stage.rows(
      """
      SELECT to_jsonb(f) - 'id', to_jsonb(b) - 'id' - 'metric_fact_id', to_jsonb(s) - 'id' - 'metric_fact_id',
        (SELECT jsonb_agg(to_jsonb(c) - 'id' - 'metric_fact_id' ORDER BY c.competitor_id)
         FROM competitor_metrics c WHERE c.metric_fact_id = f.id),
        (SELECT jsonb_agg(to_jsonb(c) - 'id' - 'metric_fact_id' ORDER BY c.competitor_id)
         FROM competitor_sentiment c WHERE c.metric_fact_id = f.id)
      FROM metric_facts f
      LEFT JOIN brand_metrics b ON b.metric_fact_id = f.id
      LEFT JOIN brand_sentiment s ON s.metric_fact_id = f.id
      ORDER BY f.collector_result_id
      """)
  }

  private static func versions(_ stage: Stage) async throws -> [[String?]] {
    let tables = ["metric_facts", "brand_metrics", "competitor_metrics", "brand_sentiment", "competitor_sentiment"]
    return try await stage.rows(
      tables.map { "SELECT '\($0)', id, xmin, ctid FROM \($0)" }.joined(separator: " UNION ALL ") + " ORDER BY 1, 2")
  }

  /// 23 results that were scored before the new tables existed.
  private static func scored(on loop: EventLoop) async throws -> Stage {
    let stage = try await Stage.open(on: loop, isCreated: false)
    try await stage.addMentions(of: 1, count: 20)
    try await stage.addBrand(2, "Other")
    for _ in 0..<3 { try await stage.addResult(of: 2, "Other is good") }
    try await stage.score(1)
    try await stage.score(2)
    try await stage.create()
    return stage
  }

  @Test("batches of any size give the same")
  func batchSizes() async throws {
    try await onLoop { loop in
      let stage = try await Self.scored(on: loop)
      defer { stage.close() }
      var all: [[[String?]]] = []
      for size in [1, 7, 23, 1_000] {
        try await stage.run("DELETE FROM metric_facts")
        var progress: [Int] = []
        let report = try await stage.backfill(size) { progress.append($0.done) }
        #expect(report.results == 23)
        #expect(progress == [0] + Array(stride(from: size, to: 23, by: size)) + [23])
        #expect(try await stage.violations() == [])
        all.append(try await Self.contents(stage))
      }
      #expect(all[0].count == 23)
      #expect(all.allSatisfy { $0 == all[0] })
      #expect(try await stage.unequalServices(of: 1) == [])
      #expect(try await stage.unequalServices(of: 2) == [])
    }
  }

  @Test("a second backfill touches no row")
  func again() async throws {
    try await onLoop { loop in
      let stage = try await Self.scored(on: loop)
      defer { stage.close() }
      let first = try await stage.backfill(7)
      #expect(first.written.values.reduce(0, +) > 0)
      let before = try await Self.versions(stage)
      let second = try await stage.backfill(1_000)
      #expect(second.results == 23)
      #expect(second.written.values.allSatisfy { $0 == 0 }, "\(second.written)")
      #expect(try await Self.versions(stage) == before)
    }
  }

  @Test("a backfill brings the new rows to what the old rows say by then")
  func changedMeanwhile() async throws {
    try await onLoop { loop in
      let stage = try await Self.scored(on: loop)
      defer { stage.close() }
      try await stage.backfill()
      try await stage.run(
        """
        UPDATE extracted_positions SET visibility_index = 12.345, sentiment_label = NULL, sentiment_score = NULL
        WHERE competitor_name IS NULL AND collector_result_id % 2 = 0;
        DELETE FROM extracted_positions WHERE collector_result_id % 5 = 0
        """)
      try await stage.backfill(3)
      #expect(try await stage.count("brand_metrics WHERE visibility_index = 12.35") == 9)
      #expect(try await stage.unequalServices(of: 1) == [])
    }
  }

  @Test("nothing to copy")
  func empty() async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop)
      defer { stage.close() }
      let report = try await stage.backfill()
      #expect(report.results == 0 && report.written.isEmpty)
    }
  }

  @Test("scoring and copying at once leave both schemas equal")
  func whileScoring() async throws {
    try await onLoop { loop in
      let stage = try await Self.scored(on: loop)
      defer { stage.close() }
      try await stage.addMentions(of: 3, count: 120)
      let settings = stage.settings
      async let copied = atOnce(1, on: settings) { try await $0.backfill(5).results }
      async let scored = atOnce(2, on: settings) { try await $0.score(3, limit: 120).processed }
      let results = try await copied
      #expect(results.allSatisfy { $0 >= 23 })
      #expect(try await scored.reduce(0, +) == 120)
      #expect(try await stage.violations() == [])
      #expect(try await stage.count("metric_facts") == 143)
      #expect(try await stage.unequalServices(of: 3) == [])
    }
  }
}
