import Cutover
import EventLoop
import Migration
import Postgres
import SQL
import Synchronization
import TestSupport

/// What programs do to a brand's results at once, time and again, until they are told to end.
final class Load: Sendable {
  enum Part: String, CaseIterable {
    /// New results, scored at once; old ones are taken away.
    case scoring
    /// Old rows are taken away, and scored again.
    case scoringAgain
    /// A program that knows nothing of us writes the old table.
    case plainWriting
    case flags
    case repair
    case refresh
  }

  static let resultsOfBrand = 8

  private let seed: UInt64
  private let isOver = Atomic(false)
  private let counts = Mutex<[Part: Int]>([:])
  private let failures = Mutex<[String]>([])

  init(seed: UInt64) { self.seed = seed }

  func stop() { isOver.store(true, ordering: .relaxed) }

  /// How often each part has done what it does.
  var done: [Part: Int] { counts.withLock { $0 } }
  /// What the programs were told that they should not have been told.
  var errors: [String] { failures.withLock { $0 } }

  static func prepare(_ stage: Stage) async throws {
    try await stage.addMentions(of: 1, count: resultsOfBrand)
    try await stage.score(1)
  }

  /// Returns when it was stopped.
  func run(_ parts: [Part], on settings: ConnectionSettings) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (number, part) in parts.enumerated() {
        group.addTask {
          try await onLoop { loop in
            let stage = try await Stage.join(settings, on: loop, connections: 1)
            defer { stage.close() }
            var random = SeededGenerator(seed: self.seed &+ UInt64(number))
            while !self.isOver.load(ordering: .relaxed), !Task.isCancelled {
              do { try await Self.act(part, stage, &random) } catch {
                self.failures.withLock { $0.append("\(part): \(error)") }
                return
              }
              self.counts.withLock { $0[part, default: 0] += 1 }
              await loop.sleep(milliseconds: 8)
            }
          }
        }
      }
      try await group.waitForAll()
    }
  }

  private static func act(_ part: Part, _ stage: Stage, _ random: inout SeededGenerator) async throws {
    switch part {
    case .scoring:
      try await stage.addResult(of: 1, random.pick(["Acme is good. Globex is bad.", "Initech, Globex.", "Acme."]))
      try await stage.score(1)
      let old = try await stage.rows("SELECT id FROM collector_results ORDER BY id DESC OFFSET \(resultsOfBrand)")
      for key in old.map({ $0[0]! }) {
        let statements = [
          "DELETE FROM collector_results WHERE id = \(key)",
          "DELETE FROM extracted_positions WHERE collector_result_id = \(key)",
        ]
        for statement in random.pick([statements, statements.reversed()]) { try await stage.runAlone(statement) }
      }
    case .scoringAgain:
      try await stage.runAlone("DELETE FROM extracted_positions WHERE collector_result_id = \(anyKey(&random))")
      try await stage.score(1)
    case .plainWriting:
      try await stage.runAlone(random.pick(plainWrites).replacing("$key", with: anyKey(&random)))
    case .flags:
      let service = random.pick(Stage.migration.services.map(\.name))
      let flag = #"{"use_new_schema":\#(random.below(2) == 0),"canary_percent":\#(random.below(101))}"#
      _ = try await stage.store.change(flagOf: service, flag, ifVersion: nil, by: "load", reason: nil, isForcing: true)
      if random.below(5) == 0 {
        try await stage.setDualWrite(on: false)
        try await stage.setDualWrite(on: true)
      }
    case .repair: try await stage.repair.drain()
    case .refresh: try await stage.refresh.run()
    }
  }

  private static func anyKey(_ random: inout SeededGenerator) -> String {
    "(SELECT id FROM collector_results ORDER BY id DESC OFFSET \(random.below(resultsOfBrand)) LIMIT 1)"
  }

  private static let ofBrandRow = "WHERE collector_result_id = $key AND competitor_name IS NULL"
  private static let ofCompetitorRow = "WHERE collector_result_id = $key AND competitor_name IS NOT NULL"

  /// Values, rows that may not be copied and may be again, and rows whose cell is not that of their brand row.
  private static let plainWrites = [
    "UPDATE extracted_positions SET visibility_index = 100 * random() \(ofBrandRow)",
    "UPDATE extracted_positions SET sentiment_score_competitor = 2 * random() - 1 \(ofCompetitorRow)",
    "UPDATE extracted_positions SET topic = 't' || (3 * random())::int",
    "UPDATE extracted_positions SET sentiment_label = 'positive' \(ofBrandRow)",
    "UPDATE extracted_positions SET sentiment_label = 'POSITIVE' WHERE sentiment_label = 'positive'",
    "UPDATE extracted_positions SET visibility_index_competitor = 1e6 \(ofCompetitorRow)",
    "UPDATE extracted_positions SET visibility_index_competitor = 7 WHERE visibility_index_competitor > 100",
    "UPDATE extracted_positions SET competitor_name = competitor_name || 'x' \(ofCompetitorRow)",
    "UPDATE extracted_positions SET competitor_name = rtrim(competitor_name, 'x') WHERE competitor_name LIKE '%x'",
    "UPDATE extracted_positions SET processed_at = processed_at - interval '9 days' \(ofCompetitorRow)",
    """
    UPDATE extracted_positions c SET processed_at = b.processed_at FROM extracted_positions b
    WHERE b.collector_result_id = c.collector_result_id AND b.competitor_name IS NULL
      AND c.processed_at < b.processed_at - interval '8 days'
    """,
    "DELETE FROM extracted_positions \(ofCompetitorRow)",
    "DELETE FROM extracted_positions \(ofBrandRow)",
    """
    INSERT INTO extracted_positions (
      collector_result_id, brand_id, customer_id, query_id, collector_type, brand_name, visibility_index, processed_at)
    SELECT collector_result_id, brand_id, customer_id, query_id, collector_type, brand_name, 100 * random(),
      processed_at + interval '1 minute'
    FROM extracted_positions \(ofBrandRow) LIMIT 1
    """,
  ]
}

extension Stage {
  /// As programs do that lock rows in one order.
  fileprivate func runAlone(_ statement: String) async throws {
    try await run("SELECT pg_advisory_xact_lock(1); \(statement)")
  }
}
