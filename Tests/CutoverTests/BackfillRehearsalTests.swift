import Cutover
import EventLoop
import Migration
import SQL
import ScoreNow
import TestSupport
import Testing

/// A dry run says what a backfill does then.
@Suite struct BackfillRehearsalTests {
  private static let newTables = Stage.migration.newTables.map(\.name)

  /// Everything that a backfill may change.
  private static func contents(_ stage: Stage) async throws -> [[String?]] {
    var contents: [[String?]] = []
    for table in newTables + ["switchyard.skipped_rows", "switchyard.phase_moves", "switchyard.repair_queue"] {
      contents += try await stage.rows("SELECT '\(table)', t.xmin, t.ctid, t::text FROM \(table) t ORDER BY 3")
    }
    return contents
  }

  /// A dry run and a backfill, which must agree; the backfill's report.
  @discardableResult
  private static func agree(_ stage: Stage, _ label: Comment) async throws -> Backfill.Report {
    let before = try await contents(stage)
    let dry = try await stage.backfill(isDry: true)
    var foretold: [SkippedRows.Row] = []
    try await SkippedRows(Stage.migration, database: stage.pool, isRehearsing: true).forEach { foretold.append($0) }
    #expect(try await contents(stage) == before, label)
    let real = try await stage.backfill(3)
    var skipped: [SkippedRows.Row] = []
    try await SkippedRows(Stage.migration, database: stage.pool).forEach { skipped.append($0) }
    #expect(dry.dry_run && !real.dry_run, label)
    #expect(dry.results == real.results && dry.unchanged == real.unchanged, label)
    let written = Dictionary(uniqueKeysWithValues: newTables.map { ($0, real.written[$0] ?? 0) })
    #expect(dry.written == written, label)
    #expect(dry.skipped == real.skipped, label)
    let (only, others) = (skipped.filter { !foretold.contains($0) }, foretold.filter { !skipped.contains($0) })
    #expect(only == [] && others == [], label)
    #expect(real.skipped == Dictionary(grouping: skipped, by: \.reason).mapValues(\.count), label)
    return real
  }

  private static func scored(_ results: Int, on loop: EventLoop) async throws -> Stage {
    let stage = try await Stage.open(on: loop, isCreated: false)
    try await stage.addMentions(of: 1, count: results)
    try await stage.score(1)
    return stage
  }

  @Test("clean data: all of it, then nothing")
  func clean() async throws {
    try await onLoop { loop in
      let stage = try await Self.scored(10, on: loop)
      defer { stage.close() }
      try await stage.create()
      let first = try await Self.agree(stage, "first")
      #expect(first.results == 10 && first.unchanged == 0 && first.skipped.isEmpty)
      for table in Self.newTables { #expect(first.written[table] == (try await stage.count(table)), "\(table)") }
      let second = try await Self.agree(stage, "second")
      #expect(second.results == 10 && second.unchanged == 10 && second.written.values.allSatisfy { $0 == 0 })
    }
  }

  @Test("an empty table")
  func empty() async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop)
      defer { stage.close() }
      let report = try await Self.agree(stage, "empty")
      #expect(report.results == 0 && report.unchanged == 0)
    }
  }

  @Test("rows that are not copied, the first time and again")
  func traps() async throws {
    try await onLoop { loop in
      let stage = try await Self.scored(4, on: loop)
      defer { stage.close() }
      let reasons = try await stage.addTraps()
      try await stage.create()
      let first = try await Self.agree(stage, "first")
      var expected = Dictionary(grouping: reasons.values) { $0 }.mapValues(\.count)
      expected["differs_from_brand_row"] = nil
      #expect(first.skipped == expected)
      for table in Self.newTables { #expect(first.written[table] == (try await stage.count(table)), "\(table)") }
      let second = try await Self.agree(stage, "second")
      #expect(second.unchanged == (try await stage.count("metric_facts")) && second.unchanged < second.results)
    }
  }

  @Test("a result that was skipped, and of which nothing is left, is on record no more")
  func goneAltogether() async throws {
    try await onLoop { loop in
      let stage = try await Self.scored(3, on: loop)
      defer { stage.close() }
      let key = try await stage.addResult(of: 1, "x")
      try await stage.addWide(key, ["sentiment_label": "'positive'"])
      try await stage.create()
      #expect(try await Self.agree(stage, "there").skipped == ["bad_label": 1])
      try await stage.run("DELETE FROM extracted_positions WHERE collector_result_id = \(key)")
      #expect(try await Self.agree(stage, "gone").skipped.isEmpty)
      #expect(try await stage.count("switchyard.skipped_rows") == 0)
      #expect(try await Self.agree(stage, "again").results == 3, "nothing is known of it")
    }
  }

  @Test("old rows that have changed, come and gone since", arguments: 1...6)
  func changes(_ round: Int) async throws {
    try await onLoop { loop in
      let stage = try await Self.scored(12, on: loop)
      defer { stage.close() }
      _ = try await stage.addTraps()
      try await stage.create()
      try await stage.backfill()
      let seed = Double.random(in: -1...1)
      print("seed \(seed)")
      for step in 1...4 {
        try await stage.run(
          """
          SELECT setseed(\(seed) / \(step));
          UPDATE extracted_positions SET total_word_count = 7 WHERE random() < 0.1;
          UPDATE extracted_positions SET sentiment_label = NULL, sentiment_score = NULL WHERE random() < 0.1;
          UPDATE extracted_positions SET competitor_name = 'Initech' WHERE competitor_name IS NOT NULL AND random() < 0.05;
          UPDATE extracted_positions SET visibility_index = 1e6 WHERE random() < 0.05;
          UPDATE extracted_positions SET visibility_index = 5.005 WHERE visibility_index > 999 AND random() < 0.5;
          DELETE FROM extracted_positions WHERE random() < 0.05;
          DELETE FROM brand_sentiment WHERE random() < 0.1;
          DELETE FROM competitor_metrics WHERE random() < 0.05;
          DELETE FROM metric_facts WHERE random() < 0.1
          """)
        try await Self.agree(stage, "seed \(seed), step \(step)")
      }
      #expect(try await stage.verify().equal, "seed \(seed)")
    }
  }
}
