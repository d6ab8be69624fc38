import Cutover
import EventLoop
import Migration
import SQL
import Synchronization
import Testing
import TestSupport

@Suite(.serialized) struct ContentDefectTests {
  /// Something that spoils one row of a new table, or a row that nobody knows.
  struct Defect: Sendable {
    let table: String
    /// Which of the sample's rows.
    let row: String
    /// The column that is changed; nil: the row goes or comes.
    var column: String?
    let change: String

    /// What sets a column to `value`.
    static func change(_ table: String, _ row: String, _ column: String, _ value: String) -> Defect {
      Defect(
        table: table, row: row, column: column, change: "UPDATE content.\(table) SET \(column) = \(value) WHERE \(row)")
    }
  }

  private static let snapshot = "decision_id = 1 AND collected_at = '2025-06-16 12:00Z'"
  private static let lost = "decision_id = 1 AND column_name = 'likes'"

  static let defects: [Defect] =
    ["content", "scheduled_at", "generator_name", "topic", "angle", "tone", "visual_format"].map {
      .change("content_queue", "decision_id = 1", $0, $0 == "scheduled_at" ? "now()" : "'spoilt'")
    } + [.change("content_queue", "decision_id = 1", "status", "'failed'")]
    + ["tweet_id", "content", "generator_name", "topic", "angle"].map {
      .change("posted_content", "decision_id = 1", $0, "'spoilt'")
    } + [.change("posted_content", "decision_id = 1", "posted_at", "posted_at + interval '1 microsecond'")]
    + ["likes", "retweets", "views"].map { .change("engagement_metrics", snapshot, $0, "\($0) + 1") }
    + [
      .change("engagement_metrics", snapshot, "tweet_id", "'spoilt'"),
      .change("engagement_metrics", snapshot, "collected_pass", "'T+7d'"),
      .change("engagement_metrics", snapshot, "engagement_rate", "0.0001"),
      .change("content_disagreements", lost, "kept", "'spoilt'"),
      .change("content_disagreements", lost, "other", "'spoilt'"),
      Defect(
        table: "content_queue", row: "decision_id = 2",
        change: "DELETE FROM content.content_queue WHERE decision_id = 2"),
      Defect(
        table: "content_queue", row: "decision_id = 9",
        change: "INSERT INTO content.content_queue (decision_id, content, status) VALUES (9, 'x', 'draft')"),
      Defect(
        table: "posted_content", row: "decision_id = 3",
        change: "DELETE FROM content.posted_content WHERE decision_id = 3"),
      Defect(
        table: "posted_content", row: "decision_id = 2",
        change: "INSERT INTO content.posted_content (decision_id, tweet_id, posted_at) VALUES (2, 'x', now())"),
      Defect(
        table: "engagement_metrics", row: snapshot, change: "DELETE FROM content.engagement_metrics WHERE \(snapshot)"),
      Defect(
        table: "engagement_metrics", row: "decision_id = 1 AND collected_at = '2025-06-30Z'",
        change: """
          INSERT INTO content.engagement_metrics (decision_id, tweet_id, collected_at, collected_pass)
          VALUES (1, 'x', '2025-06-30Z', 'T+7d')
          """),
      Defect(
        table: "content_disagreements", row: lost, change: "DELETE FROM content.content_disagreements WHERE \(lost)"),
      Defect(
        table: "content_disagreements", row: "decision_id = 3",
        change: "INSERT INTO content.content_disagreements VALUES (3, '', 'posts', 'topic', 'a', 'b')"),
    ]

  /// Three decisions: one with all that there is, one that is only queued, one without metrics.
  private static let sample = [
    """
    INSERT INTO content.content_metadata (
      decision_id, content, status, scheduled_at, generator_name, topic, angle, tone, visual_format)
    SELECT n, 'text ' || n, 'posted', '2025-06-15Z', 'g', 't', 'a', 'tone', 'v' FROM generate_series(1, 3) n
    """,
    "INSERT INTO content.posts (decision_id, post_id, body, published_at) VALUES (1, 'p1', 'x', '2025-06-15 12:00Z'), (3, 'p3', 'x', '2025-06-15Z')",
    "INSERT INTO content.outcomes (decision_id, likes, retweets, views, collected_at) VALUES (1, 5, 6, 70, '2025-06-16 12:00Z')",
    "INSERT INTO content.tweet_metrics (decision_id, likes_count, captured_at) VALUES (1, 4, '2025-06-16 12:00Z')",
  ]

  struct Found: Hashable {
    let table: String
    let key: Int?
    let column: String?
    let old: String?
    let new: String?
  }

  /// Those that can be there at once: changed columns, rows that go and come, and a row in the place of one that went.
  private static let groups = [
    defects.filter { $0.column != nil }, defects.filter { $0.column == nil && $0.change != lastChange },
    defects.filter { $0.change == lastChange },
  ]
  private static let lastChange =
    "INSERT INTO content.posted_content (decision_id, tweet_id, posted_at) VALUES (2, 'x', now())"

  @Test("every defect is found where it is, with both values, and nothing else; a repair mends it")
  func findsEveryDefect() async throws {
    #expect(Self.groups.map(\.count) == [22, 7, 1])
    try await onLoop { loop in
      let stage = try await ContentStage.open(on: loop)
      defer { stage.close() }
      try await stage.runUnseen(Self.sample)
      try await stage.backfill()
      let lines = try await stage.newLines()
      #expect(lines.count == 7)
      for group in Self.groups {
        func values() async throws -> [String?] {
          var values: [String?] = []
          for defect in group {
            let column = defect.column.map { " -> '\($0)'" } ?? ""
            values += [
              try await stage.rows("SELECT to_jsonb(n)\(column) FROM content.\(defect.table) n WHERE \(defect.row)")
                .first?[0]
            ]
          }
          return values
        }
        let old = try await values()
        // A row that others hang on goes last.
        for defect in group.reversed() { try await stage.run(defect.change) }
        let new = try await values()
        let seeded = group.indices.map { place in
          Found(
            table: group[place].table, key: Int(group[place].row.split(separator: " ")[2]), column: group[place].column,
            old: old[place], new: new[place])
        }
        let differences = try await Self.rowsFound(try await stage.verify(), stage)
        let found = differences.map { Found(table: $0.table, key: $0.key, column: $0.column, old: $0.old, new: $0.new) }
        #expect(Set(found) == Set(seeded))
        #expect(found.count == seeded.count)
        for difference in differences {
          let members = [
            "engagement_metrics": difference.member?.hasPrefix("2025-06-") == true,
            "content_disagreements": difference.member?.contains(difference.key == 1 ? "tweet_metrics" : "posts")
              == true,
          ]
          #expect(members[difference.table] ?? (difference.member == nil), "\(difference)")
        }
        let mended = try await stage.verify(isRepairing: true)
        #expect(mended.equal && mended.repaired == Set(seeded.map(\.key)).count)
        try await expect(stage.newLines(), are: lines)
      }
    }
  }

  /// Without the answers that differ because of them.
  private static func rowsFound(
    _ report: VerificationReport, _ stage: ContentStage
  ) async throws -> [FindingsReader.Difference] {
    #expect(!report.equal)
    return try await FindingsReader(report.verification, database: stage.pool).differences(after: 0, limit: 1_000)
      .filter { $0.key != nil }
  }

  @Test("verifications while programs write raise no false alarm, and a real difference is found after them")
  func noFalseAlarm() async throws {
    let seed = UInt64.random(in: .min ... .max)
    print("seed \(seed)")
    try await onLoop { loop in
      let stage = try await ContentStage.open(on: loop)
      defer { stage.close() }
      var change = ContentChange(keys: 30, seed: seed)
      try await stage.runUnseen(change.fill(300))
      try await stage.backfill()
      let settings = stage.settings
      let load = StageLoad<ContentStage>(seed: seed, keys: 30)
      async let ended: Void = load.run(on: settings)
      var alarms: [String] = []
      do {
        for number in 0..<6 where alarms.isEmpty {
          let report = try await stage.verify()
          if !report.equal {
            alarms = ["verification \(number)"]
            try await FindingsReader(report.verification, database: stage.pool).forEachDifference {
              alarms.append($0.text("decision"))
            }
          }
        }
      } catch { alarms = ["\(error)"] }
      load.stop()
      try await ended
      print("writes \(load.writes)")
      #expect(alarms == [], "seed \(seed)")
      #expect(load.errors == [])
      #expect(load.writes > 20)
      try await eventually("all is repaired", on: loop) {
        try await stage.repair()
        return try await stage.queued().isEmpty
      }
      try await expect(stage.newLines(), are: stage.model().lines, "seed \(seed)")
      try await stage.run("UPDATE content.content_queue SET topic = topic || 'x'")
      #expect(try await !stage.verify().equal)
    }
  }
}
