import EventLoop
import Migration
import SQL
import Testing
import TestSupport

/// README's table of columns, a line at a time: who wins, who is next, and what is kept of those who lose.
@Suite(.serialized) struct ContentColumnsTests {
  struct Line: Sendable, CustomTestStringConvertible {
    let table: String
    let column: String
    /// Old tables and columns, the one that wins first.
    let sources: [(table: String, column: String)]
    /// Distinct values, as SQL and as the new column has them.
    let values: [(sql: String, new: String)]
    /// What the column is where no source says anything; nil: NULL.
    var otherwise: String?
    /// Where no source says anything, there is no row.
    var isRequired = false

    var testDescription: String { "\(table).\(column)" }
  }

  private static let metadata = "content_metadata"
  private static let comprehensive = "content_generation_metadata_comprehensive"
  private static let texts = ["w", "x", "y", "z"].map { ("'\($0)'", $0) }
  private static let counts = ["4", "3", "2", "1"].map { ($0, $0) }

  private static func time(_ hour: Int) -> (String, String) {
    ("'2025-06-1\(hour) 12:00Z'", "2025-06-1\(hour)T12:00:00.000000Z")
  }

  static let lines: [Line] =
    [
      Line(
        table: "content_queue", column: "content", sources: [(metadata, "content"), (comprehensive, "content_text")],
        values: texts, isRequired: true),
      Line(
        table: "content_queue", column: "status",
        sources: [(metadata, "status"), (comprehensive, "generation_status")],
        values: [("' Draft'", "draft"), ("'failed'", "failed")], isRequired: true),
      Line(
        table: "content_queue", column: "scheduled_at",
        sources: [(metadata, "scheduled_at"), (comprehensive, "scheduled_for")], values: [time(1), time(2)]),
      Line(
        table: "content_queue", column: "generator_name",
        sources: [(comprehensive, "generator_used"), (metadata, "generator_name")], values: texts),
    ]
    + ["topic", "angle", "tone", "visual_format"].map {
      Line(table: "content_queue", column: $0, sources: [(comprehensive, $0), (metadata, $0)], values: texts)
    } + [
      Line(
        table: "posted_content", column: "tweet_id",
        sources: [("posted_decisions", "tweet_id"), ("tweets", "tweet_id"), ("posts", "post_id")], values: texts,
        isRequired: true),
      Line(
        table: "posted_content", column: "content",
        sources: [("posted_decisions", "content"), ("tweets", "text"), ("posts", "body")], values: texts),
      Line(
        table: "posted_content", column: "posted_at",
        sources: [("tweets", "posted_at"), ("posted_decisions", "posted_at"), ("posts", "published_at")],
        values: [time(1), time(2), time(3)], isRequired: true),
      Line(
        table: "posted_content", column: "generator_name",
        sources: [("posted_decisions", "generator_name"), ("tweets", "generator")], values: texts, otherwise: "queue's"),
    ]
    + ["topic", "angle"].map {
      Line(
        table: "posted_content", column: $0, sources: [("posted_decisions", $0), ("posts", $0)], values: texts,
        otherwise: "queue's")
    } + [
      Line(
        table: "engagement_metrics", column: "tweet_id",
        sources: ["outcomes", "real_tweet_metrics", "tweet_analytics", "tweet_metrics"].map { ($0, "tweet_id") },
        values: texts, otherwise: "post's")
    ]
    + ["likes", "retweets"].map {
      Line(
        table: "engagement_metrics", column: $0,
        sources: [
          ("outcomes", $0), ("real_tweet_metrics", "\($0)_count"), ("tweet_analytics", $0),
          ("tweet_metrics", "\($0)_count"),
        ],
        values: counts)
    } + [
      Line(
        table: "engagement_metrics", column: "views",
        sources: [
          ("real_tweet_metrics", "impressions"), ("tweet_analytics", "impressions"), ("outcomes", "views"),
          ("tweet_metrics", "views_count"),
        ], values: counts),
      Line(
        table: "engagement_metrics", column: "collected_pass",
        sources: [
          ("outcomes", "collected_pass"), ("real_tweet_metrics", "collection_phase"),
          ("tweet_metrics", "collection_phase"),
        ], values: [("'t+7D'", "T+7d"), ("'T+24h '", "T+24h"), ("'T+1h'", "T+1h")], otherwise: "T+24h"),
      Line(
        table: "engagement_metrics", column: "engagement_rate",
        sources: ["outcomes", "real_tweet_metrics", "tweet_analytics"].map { ($0, "engagement_rate") },
        values: [("0.50004", "0.5000"), ("-1", "-1.0000"), ("999.99994", "999.9999")], otherwise: "0.3333"),
    ]

  /// Every other column says the same in all sources, so that nothing else disagrees.
  private static func rows(of line: Line, _ decision: Int, from first: Int) -> [String] {
    ContentSource.all.map { source in
      var values = ["decision_id": "\(decision)"]
      for (new, old) in source.columns { values[old] = usual(new, in: source) }
      for (number, other) in line.sources.enumerated() where other.table == source.table {
        values[other.column] = number < first ? "NULL" : line.values[number].sql
      }
      let columns = values.keys.sorted()
      return """
        INSERT INTO content.\(source.table) (\(columns.joined(separator: ", ")))
        VALUES (\(columns.map { values[$0]! }.joined(separator: ", ")))
        """
    }
  }

  private static func usual(_ column: String, in source: ContentSource) -> String {
    switch column {
    case "status": "'posted'"
    case "scheduled_at", "posted_at": "'2025-06-15 12:00Z'"
    case "collected_at": "'2025-06-16 12:00Z'"
    case "likes", "retweets": "1"
    case "views": "6"
    case "collected_pass", "engagement_rate": "NULL"
    case "tweet_id": "'post''s'"
    case "generator_name", "topic", "angle": source.part == .posted ? "NULL" : "'queue''s'"
    default: "'usual'"
    }
  }

  @Test("each column has the first source that says something; those that lose are kept, with both values")
  func precedence() async throws {
    #expect(Set(Self.lines.map { "\($0.table).\($0.column)" }).count == 8 + 6 + 6)
    try await onLoop { loop in
      let stage = try await ContentStage.open(on: loop)
      defer { stage.close() }
      var places: [(line: Line, first: Int)] = []
      for line in Self.lines { places += (0...line.sources.count).map { (line, $0) } }
      try await stage.runUnseen(places.enumerated().flatMap { Self.rows(of: $1.line, $0 + 1, from: $1.first) })
      try await stage.backfill()
      for (number, (line, first)) in places.enumerated() {
        let what = "\(line.testDescription) from source \(first)"
        let value =
          line.column.hasSuffix("_at")
          ? "to_char(n.\(line.column) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
          : "n.\(line.column)::text"
        let found = try await stage.rows(
          "SELECT \(value) FROM content.\(line.table) n WHERE decision_id = \(number + 1)")
        if first == line.sources.count {
          // No source: the decision's last column says NULL, or its replacement.
          #expect(found == (line.isRequired ? [] : [[line.otherwise]]), "\(what)")
          continue
        }
        #expect(found == [[line.values[first].new]], "\(what)")
        let kept = try await stage.rows(
          """
          SELECT d.table_name, d.column_name, d.kept, d.other, d.member FROM content.content_disagreements d
          WHERE d.decision_id = \(number + 1) AND d.column_name = '\(line.column)'
          """)
        let member = line.table == "engagement_metrics" ? "2025-06-16T12:00:00.000000Z" : ""
        let lost = (first + 1..<max(first + 1, line.sources.count)).map {
          [line.sources[$0].table, line.column, line.values[first].new, line.values[$0].new, member]
        }
        #expect(Set(kept) == Set(lost.map { $0.map(Optional.some) }), "\(what)")
      }
      let reasons = try await stage.rows("SELECT DISTINCT reason FROM switchyard.skipped_rows ORDER BY 1")
      #expect(reasons == [["incomplete"], ["no_decision"], ["not_posted"]])
    }
  }
}
