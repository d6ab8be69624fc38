import EventLoop
import Migration
import Postgres
import SQL
import Testing
import TestSupport

/// Two sessions at the same time, in every order.
@Suite(.serialized) struct InterleavingTests {
  /// What a writer does to the facts of one result.
  enum Write: String, CaseIterable {
    case insert, move, value, deleteFact, deleteSentiment

    func statement(_ result: World.Result, round: Int) -> String {
      let facts = "metric_facts WHERE collector_result_id = \(result.id)"
      let moment = Calendar.text(microseconds: result.processedAt + round % 50 * Calendar.microsecondsOfDay)
      return switch self {
      case .insert:
        """
        WITH gone AS (DELETE FROM \(facts) RETURNING *), f AS (
          INSERT INTO metric_facts (collector_result_id, brand_id, customer_id, query_id, collector_type, processed_at)
          SELECT r.id, r.brand_id, r.customer_id, r.query_id, 'new \(round % 5)', '\(moment)' FROM collector_results r
          WHERE r.id = \(result.id) AND (SELECT count(*) FROM gone) = 0 RETURNING id), s AS (
          INSERT INTO brand_sentiment (metric_fact_id, sentiment_label) SELECT id, 'NEUTRAL' FROM f)
        INSERT INTO brand_metrics (metric_fact_id, visibility_index) SELECT id, \(round % 100) FROM f
        """
      case .move: "UPDATE metric_facts SET processed_at = '\(moment)' WHERE collector_result_id = \(result.id)"
      case .value:
        "UPDATE brand_metrics SET visibility_index = \(round % 100) + 0.5 WHERE metric_fact_id = (SELECT id FROM \(facts))"
      case .deleteFact: "DELETE FROM \(facts)"
      case .deleteSentiment: "DELETE FROM brand_sentiment WHERE metric_fact_id = (SELECT id FROM \(facts))"
      }
    }
  }

  /// 84 shuffles of 5 kinds of write; some writers give up in the end.
  @Test(
    "a writer who began before, or commits after, any step of a refresh is seen",
    arguments: [
      "READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE",
    ])
  func writerAgainstRefresh(isolation: String) async throws {
    let steps = Self.refreshSteps
    try #require(steps.count == 6)
    try await onLoop { loop in
      let sessions = try await TwoSessions.open(seed: 71, on: loop)
      defer { sessions.close() }
      var round = 0
      for write in Write.allCases {
        for order in shuffles(3, steps.count) {
          round += 1
          let result = sessions.world.results[round % sessions.world.results.count]
          let end = round % 7 == 0 ? "ROLLBACK" : "COMMIT"
          var writer = ["SELECT count(*) FROM metric_facts", write.statement(result, round: round), end][...]
          var refresher = steps[...]
          _ = try await sessions.first.query(Statement("BEGIN ISOLATION LEVEL \(isolation)"))
          _ = try await sessions.second.query(Statement("BEGIN"))
          for isWriters in order {
            let statement = isWriters ? writer.removeFirst() : refresher.removeFirst()
            _ = try await (isWriters ? sessions.first : sessions.second).query(Statement(statement))
            guard statement == end || statement == "COMMIT" else { continue }
            let stale = try await sessions.staleAnswer()
            try #require(stale == nil, "\(isolation), \(write), \(order), round \(round), after \(statement)")
          }
        }
      }
      try await sessions.stage.refresh()
      #expect(try await sessions.stage.dirtyCells() == 0)
      #expect(try await sessions.staleAnswer() == nil)
    }
  }

  /// The refresh's statements and its COMMIT, one by one.
  private static let refreshSteps: [String] = {
    let text = Stage.migration.view!.refresh.text.split(separator: "\n").filter { !$0.hasPrefix("--") }
    let statements = text.joined(separator: "\n").split(separator: ";").map(String.init).filter {
      $0.contains { !$0.isWhitespace }
    }
    precondition(statements[0].hasPrefix("SET TRANSACTION"))
    return statements + ["COMMIT"]
  }()

  private static let insertion =
    "INSERT INTO brand_sentiment (metric_fact_id, sentiment_label) VALUES ($fact, 'NEGATIVE')"
  private static let childWrites = [
    "UPDATE brand_metrics SET visibility_index = 12.34 WHERE metric_fact_id = $fact",
    "UPDATE brand_sentiment SET sentiment_label = 'NEUTRAL', sentiment_score = 0.5 WHERE metric_fact_id = $fact",
    "DELETE FROM brand_metrics WHERE metric_fact_id = $fact",
    "DELETE FROM brand_sentiment WHERE metric_fact_id = $fact",
    "INSERT INTO brand_metrics (metric_fact_id, share_of_answers) VALUES ($fact, 7) ON CONFLICT (metric_fact_id) DO UPDATE SET share_of_answers = 8",
    insertion,
    "WITH gone AS (DELETE FROM brand_sentiment WHERE metric_fact_id = $fact) UPDATE brand_metrics SET share_of_answers = 9 WHERE metric_fact_id = $fact",
  ]
  private static let moves = [
    "UPDATE metric_facts SET processed_at = processed_at + interval '36 hours' WHERE id = $fact",
    "UPDATE metric_facts SET collector_type = collector_type || '.' WHERE id = $fact",
    "DELETE FROM metric_facts WHERE id = $fact",
  ]

  /// One session moves a fact to another cell while another, whose snapshot is older, writes to its metrics: before
  /// the first has committed or after. Refreshes come at the moments whose bits are set.
  @Test(
    "a fact that moves while its metrics are written is right in both cells",
    arguments: [
      "READ COMMITTED", "REPEATABLE READ",
    ], [false, true])
  func moveAgainstChild(isolation: String, moverIsFirst: Bool) async throws {
    try await onLoop { loop in
      let sessions = try await TwoSessions.open(seed: 72, on: loop)
      defer { sessions.close() }
      var waited = 0
      for move in Self.moves {
        for child in Self.childWrites {
          for (refreshes, isLater) in [0, 0b10, 0b100, 0b1111].flatMap({ [($0, false), ($0, true)] }) {
            let result = try await Self.freshFact(sessions, hasSentiment: child != Self.insertion)
            func ready(_ text: String) -> String { text.replacing("$fact", with: "\(result)") }
            for connection in [sessions.first, sessions.second] {
              _ = try await connection.query(Statement("BEGIN ISOLATION LEVEL \(isolation)"))
              _ = try await connection.query(Statement("SELECT count(*) FROM metric_facts"))
            }
            func refresh(_ moment: Int) async throws {
              if refreshes >> moment & 1 == 1 { try await sessions.stage.refresh() }
            }
            _ = try await sessions.first.query(Statement(ready(moverIsFirst ? move : child)))
            try await refresh(0)
            if isLater { _ = try await sessions.first.query(Statement("COMMIT")) }
            try await refresh(1)
            let started = try await sessions.start(ready(moverIsFirst ? child : move), on: sessions.second)
            if started.hasWaited { waited += 1 }
            if !isLater { _ = try await sessions.first.query(Statement("COMMIT")) }
            let isDone = try await Self.finishes(started, sessions)
            try await refresh(2)
            _ = try await sessions.second.query(Statement(isDone ? "COMMIT" : "ROLLBACK"))
            try await refresh(3)
            let stale = try await sessions.staleAnswer()
            try #require(
              stale == nil,
              "\(isolation), mover first: \(moverIsFirst), \(move), \(child), refreshes \(refreshes), later: \(isLater)"
            )
          }
        }
      }
      #expect(waited > 0, "some of them meet")
    }
  }

  /// False where the session has to give up: it could not be serialized, or the fact is gone.
  private static func finishes(_ started: TwoSessions.Started, _ sessions: TwoSessions) async throws -> Bool {
    do { return try await sessions.finish(started) } catch let error as DatabaseError
      where error.state == SQLState("23503")
    {
      return false
    }
  }

  /// A fact with its children, in a cell that it shares with others; the view is refreshed.
  private static func freshFact(_ sessions: TwoSessions, hasSentiment: Bool) async throws -> Int {
    let result = sessions.world.results[0]
    let text = try await sessions.stage.value(
      """
      WITH n AS (
        INSERT INTO collector_results (id, brand_id, customer_id, query_id, collector_type, raw_answer)
        SELECT nextval('collector_results_id_seq') + 5000000, '\(result.brand)', '\(result.customer)', '\(result.query)', 'shared', '' RETURNING *), f AS (
        INSERT INTO metric_facts (collector_result_id, brand_id, customer_id, query_id, collector_type, processed_at)
        SELECT id, brand_id, customer_id, query_id, collector_type, '2024-03-05T12:00:00Z' FROM n RETURNING id), m AS (
        INSERT INTO brand_metrics (metric_fact_id, visibility_index, has_brand_presence) SELECT id, 50, true FROM f), s AS (
        INSERT INTO brand_sentiment (metric_fact_id, sentiment_label, sentiment_score) SELECT id, 'POSITIVE', 0.1 FROM f WHERE \(hasSentiment))
      SELECT id FROM f
      """)
    try await sessions.stage.refresh()
    return Int(text ?? "") ?? 0
  }
}
