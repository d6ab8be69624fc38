import Cutover
import EventLoop
import Migration
import SQL
import ScoreNow
import TestSupport
import Testing

/// What a verification says when nothing else happens meanwhile.
@Suite struct VerificationTests {
  /// Scored before the new tables were made, and copied.
  private static func copied(_ results: Int = 12, on loop: EventLoop) async throws -> Stage {
    let stage = try await Stage.open(on: loop, isCreated: false)
    try await stage.addMentions(of: 1, count: results)
    try await stage.addMentions(of: 2, count: 3)
    try await stage.score(1)
    try await stage.score(2)
    try await stage.create()
    try await stage.backfill()
    return stage
  }

  private static func differences(_ report: VerificationReport, _ stage: Stage) async throws -> [[String?]] {
    try await FindingsReader(report.verification, database: stage.pool).differences(after: 0, limit: 100).map {
      [$0.table, $0.key.map(String.init), $0.member, $0.column, $0.old, $0.new]
    }
  }

  private static func explained(_ report: VerificationReport, _ stage: Stage) async throws -> [Int: String] {
    var explained: [Int: String] = [:]
    let findings = FindingsReader(report.verification, database: stage.pool)
    try await findings.forEachExplained(of: "extracted_positions") { id, reason in
      #expect(explained[id] == nil, "once")
      explained[id] = reason
    }
    return explained
  }

  @Test("clean data is equal, table by table and answer by answer, and the migration is verified")
  func equal() async throws {
    try await onLoop { loop in
      let stage = try await Self.copied(on: loop)
      defer { stage.close() }
      #expect(try await stage.phase() == .backfilled)
      let report = try await stage.verify()
      #expect(report.equal && report.differences == 0 && report.explained.isEmpty && report.repaired == nil)
      #expect(report.results == 15)
      for table in Stage.migration.newTables.map(\.name) {
        let counts = report.tables[table]
        let rows = try await stage.count(table)
        #expect(counts?.actual == rows && counts?.expected == rows, "\(table)")
        #expect(counts?.actual ?? 0 > 0, "\(table)")
      }
      // Two brands, three ranges, and in each: visibility in three ways, one competitor's trend for two names, six
      // others.
      #expect(report.answers == 2 * 3 * (3 + 2 + 6))
      #expect(try await Self.differences(report, stage) == [])
      #expect(try await stage.phase() == .verified)
      #expect(
        try await stage.phases.evidence(in: stage.pool).verification == .init(id: report.verification, isEqual: true))
    }
  }

  @Test("nothing at all is equal")
  func empty() async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop)
      defer { stage.close() }
      let report = try await stage.verify()
      #expect(report.equal && report.results == 0 && report.answers == 0)
      #expect(try await stage.phase() == .dualWriting, "what was not copied is not verified")
    }
  }

  @Test("a row that has a reason to differ is named with it, and is no difference")
  func explained() async throws {
    try await onLoop { loop in
      let stage = try await Self.copied(on: loop)
      defer { stage.close() }
      var reasons = try await stage.addTraps()
      let refused = try await stage.addResult(of: 2, "x")
      reasons[try await stage.addWide(refused, of: 2, ["topic": Stage.longTopic])] = "refused"
      try await stage.backfill()
      let report = try await stage.verify()
      #expect(try await Self.differences(report, stage) == [])
      #expect(report.equal)
      #expect(try await Self.explained(report, stage) == reasons)
      #expect(report.explained == Dictionary(grouping: reasons.values) { $0 }.mapValues(\.count))
      #expect(Set(reasons.values).count == 8, "every reason there is")
    }
  }

  struct Defect: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// `$key` is the fourth result of brand 1, `$comp` its competitor Globex.
    let damage: String
    let found: [[String?]]
  }

  static let defects = [
    Defect(
      testDescription: "a value of a fact",
      damage: "UPDATE metric_facts SET topic = 'else' WHERE collector_result_id = $key",
      found: [["metric_facts", "$key", nil, "topic", #""topic""#, #""else""#]]),
    Defect(
      testDescription: "two values of the brand's metrics",
      damage: """
        UPDATE brand_metrics SET total_word_count = 9, brand_positions = NULL
        WHERE metric_fact_id = (SELECT id FROM metric_facts WHERE collector_result_id = $key)
        """,
      found: [
        ["brand_metrics", "$key", nil, "brand_positions", "[3]", "null"],
        ["brand_metrics", "$key", nil, "total_word_count", "8", "9"],
      ]),
    Defect(
      testDescription: "a competitor's number",
      damage: """
        UPDATE competitor_metrics SET share_of_answers = 12.5 WHERE competitor_id = $comp
        AND metric_fact_id = (SELECT id FROM metric_facts WHERE collector_result_id = $key)
        """,
      found: [["competitor_metrics", "$key", "Globex", "share_of_answers", "50.00", "12.50"]]),
    Defect(
      testDescription: "a sentiment that is not there",
      damage: """
        DELETE FROM brand_sentiment
        WHERE metric_fact_id = (SELECT id FROM metric_facts WHERE collector_result_id = $key)
        """,
      found: [["brand_sentiment", "$key", nil, nil, "{", nil]]),
    Defect(
      testDescription: "a result that is not there",
      damage: "DELETE FROM metric_facts WHERE collector_result_id = $key",
      found: [
        "metric_facts", "brand_metrics", "competitor_metrics", "competitor_metrics", "brand_sentiment",
        "competitor_sentiment",
      ].map { [$0, "$key", nil, nil, "{", nil] }),
    Defect(
      testDescription: "a result that should not be there",
      damage: """
        BEGIN;
        SET LOCAL switchyard.is_restoring = 'on';
        DELETE FROM extracted_positions WHERE collector_result_id = $key AND competitor_name IS NULL;
        COMMIT
        """,
      found: []),
    Defect(
      testDescription: "a clean cell of the view",
      damage: """
        UPDATE brand_metrics SET has_brand_presence = false
        WHERE metric_fact_id = (SELECT id FROM metric_facts WHERE collector_result_id = $key);
        REFRESH MATERIALIZED VIEW mv_brand_daily_metrics;
        UPDATE brand_metrics SET has_brand_presence = true
        WHERE metric_fact_id = (SELECT id FROM metric_facts WHERE collector_result_id = $key);
        DELETE FROM switchyard.brand_daily_dirty_cells
        """,
      found: [["mv_brand_daily_metrics", nil, "chat", "presence_count", "12", "11"]]),
  ]

  @Test("a difference is found where it is, with both values; a repair mends it", arguments: defects)
  func defect(_ defect: Defect) async throws {
    try await onLoop { loop in
      let stage = try await Self.copied(on: loop)
      defer { stage.close() }
      try await stage.refresh.run()
      #expect(try await stage.verify().equal)
      #expect(try await stage.phase() == .verified)
      let key = try await stage.value("SELECT collector_result_id FROM metric_facts ORDER BY 1 OFFSET 3 LIMIT 1")!
      let competitor = try await stage.value(
        "SELECT id FROM brand_competitors WHERE competitor_name = 'Globex' ORDER BY brand_id LIMIT 1")!
      try await stage.run(defect.damage.replacing("$key", with: key).replacing("$comp", with: competitor))
      let report = try await stage.verify()
      #expect(!report.equal)
      #expect(try await stage.phase() == .backfilled, "no longer verified")
      #expect(
        try await stage.phases.evidence(in: stage.pool).verification == .init(id: report.verification, isEqual: false))
      let differences = try await Self.differences(report, stage)
      #expect(report.differences == differences.count)
      let ofRows = differences.filter { $0[0]?.hasPrefix("/") == false }
      for (found, expected) in zip(ofRows, defect.found) {
        let expected = expected.map { $0?.replacing("$key", with: key) }
        #expect(found[0] == expected[0] && found[1] == expected[1] && found[3] == expected[3], "\(found)")
        if let member = expected[2] { #expect(found[2]?.contains(member) == true, "\(found)") }
        for place in 4...5 {
          let text = found[place]
          if expected[place] == "{" {
            #expect(text?.hasPrefix("{") == true)
          } else {
            #expect(text == expected[place], "\(found)")
          }
        }
      }
      #expect(defect.found.isEmpty ? !ofRows.isEmpty : ofRows.count == defect.found.count, "\(ofRows)")

      let repaired = try await stage.verify(isRepairing: true)
      #expect(repaired.equal)
      #expect(try await Self.differences(repaired, stage) == [])
      #expect(repaired.repaired == (defect.found.first?[0] == "mv_brand_daily_metrics" ? 0 : 1))
      #expect(try await stage.phase() == .verified)
      #expect(try await stage.verify().equal)
    }
  }

  @Test("answers that differ although all rows are the same are found, with the question")
  func answersDiffer() async throws {
    try await onLoop { loop in
      let stage = try await Self.copied(on: loop)
      defer { stage.close() }
      // The old side alone reads it.
      try await stage.run(
        """
        ALTER TABLE extracted_positions RENAME TO wide;
        CREATE VIEW public.extracted_positions AS
        SELECT w.id, w.collector_result_id, w.brand_id, w.customer_id, w.query_id, w.collector_type, w.topic, w.raw_answer,
          w.brand_name, w.competitor_name, w.has_brand_presence, w.brand_first_position, w.brand_positions,
          w.competitor_positions, w.total_brand_mentions, w.competitor_mentions, w.total_word_count, w.visibility_index,
          w.visibility_index_competitor, w.share_of_answers_brand, w.share_of_answers_competitor, w.sentiment_label,
          w.sentiment_score, w.sentiment_positive_sentences, w.sentiment_negative_sentences,
          w.sentiment_label_competitor, w.sentiment_score_competitor, w.sentiment_positive_sentences_competitor,
          w.sentiment_negative_sentences_competitor, w.metadata, w.processed_at, w.created_at
        FROM wide w
        WHERE pg_my_temp_schema() = 0 OR to_regclass('pg_temp.extracted_positions') IS NULL OR w.id % 7 <> 0
        """)
      let report = try await stage.verify()
      #expect(!report.equal)
      let differences = try await Self.differences(report, stage)
      #expect(!differences.isEmpty && differences.allSatisfy { $0[0]?.hasPrefix("/") == true }, "\(differences)")
      #expect(differences.contains { $0[0] == "/dashboard" && $0[2] == "\(UUIDValue.sample(1)), 30 days" })
      #expect(differences.contains { $0[0] == "/visibility" && $0[2] == "\(UUIDValue.sample(1)), 30 days, week" })
    }
  }

  @Test("a repair that has nothing to do is a verification")
  func nothingToRepair() async throws {
    try await onLoop { loop in
      let stage = try await Self.copied(on: loop)
      defer { stage.close() }
      let report = try await stage.verify(isRepairing: true)
      #expect(report.equal && report.repaired == nil)
    }
  }

  @Test("of old verifications the newest few are kept")
  func kept() async throws {
    try await onLoop { loop in
      let stage = try await Self.copied(1, on: loop)
      defer { stage.close() }
      var last = 0
      for _ in 0..<14 { last = try await stage.verify().verification }
      #expect(try await stage.count("switchyard.verifications") == 11)
      #expect(try await stage.phases.evidence(in: stage.pool).verification?.id == last)
    }
  }
}
