import Cutover
import EventLoop
import Postgres
import SQL
import ScoreNow
import TestSupport
import Testing

/// Somebody else is at a result while we write it: after each statement of ours once.
@Suite struct QueueRaceTests {
  enum Ours {
    case scoring
    /// The result was scored before, and its old rows taken away.
    case scoringAgain
    /// As before, while the new schema fails.
    case scoringAgainInVain
    case repair
    case backfill
    /// The collector result is gone, and its old rows are still there.
    case backfillOfOrphan
  }

  enum Theirs {
    /// A program that knows nothing of us; its triggers fill the queue.
    case writer
    /// The same takes the old rows away, and another process of ours repairs the result.
    case deletion
    /// Another process of ours.
    case repair
  }

  @Test(
    "nobody waits in a circle, and nothing is lost",
    arguments: [
      (.scoring, .writer), (.scoringAgain, .writer), (.scoringAgain, .repair), (.scoringAgainInVain, .writer),
      (.scoringAgainInVain, .repair), (.repair, .writer), (.repair, .deletion), (.repair, .repair),
      (.backfill, .writer),
      (.backfill, .deletion), (.backfillOfOrphan, .deletion),
    ] as [(Ours, Theirs)])
  func race(_ ours: Ours, _ theirs: Theirs) async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop)
      let other = try await Stage.join(stage.settings, on: loop, connections: 1)
      defer {
        stage.close()
        other.close()
      }
      try await stage.addBrand(1, "Acme", competitors: ["Globex"])
      var place = 0
      var wasInterrupted = true
      while wasInterrupted {
        place += 1
        let key = try await Self.prepare(ours, stage)
        let task = OtherTask(stage)
        let database = InterruptedDatabase(stage.pool, after: place) { () async throws(DatabaseError) in
          try await task.start {
            switch theirs {
            case .writer: _ = try await other.pool.query(Self.plainWrite, [.integer(key)])
            case .deletion:
              _ = try await other.pool.query(Self.plainDeletion, [.integer(key)])
              try await other.repair.drain()
            case .repair: try await other.repair.drain()
            }
          }
        }
        try await Self.run(ours, stage, database)
        try await task.finish()
        wasInterrupted = database.wasInterrupted
        try await stage.run("ALTER TABLE metric_facts DROP CONSTRAINT IF EXISTS broken")
        try await stage.run("UPDATE switchyard.repair_queue SET next_attempt_at = now()")
        try await stage.repair.drain()
        #expect(try await stage.count("switchyard.repair_queue") == 0)
        let wrong = try await stage.rows(StarOracle.differences())
        try #require(wrong == [], "after statement \(place)")
      }
      #expect(place > 3, "every statement of ours was followed")
      #expect(try await stage.value("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()") == "0")
    }
  }

  private static let plainWrite = Statement(
    """
    INSERT INTO extracted_positions (
      collector_result_id, brand_id, customer_id, query_id, collector_type, brand_name, visibility_index, processed_at)
    SELECT r.id, r.brand_id, r.customer_id, r.query_id, 'plain', 'name', 77, now() + interval '1 day'
    FROM collector_results r WHERE r.id = $1::bigint
    """)

  private static let plainDeletion = Statement("DELETE FROM extracted_positions WHERE collector_result_id = $1::bigint")

  private static func prepare(_ ours: Ours, _ stage: Stage) async throws -> Int {
    let key = try await stage.addResult(of: 1, "Acme is good. Globex is bad.")
    if ours == .scoring { return key }
    try await stage.score(1)
    if ours == .backfillOfOrphan {
      try await stage.run("DELETE FROM collector_results WHERE id = \(key)")
      return key
    }
    let change =
      switch ours {
      case .scoringAgain, .scoringAgainInVain: "DELETE FROM extracted_positions"
      default: "UPDATE extracted_positions SET visibility_index = 1"
      }
    try await stage.run(
      """
      \(change) WHERE collector_result_id = \(key);
      INSERT INTO switchyard.repair_queue (migration, key, subject, reason)
      SELECT 'brand-metrics', id, brand_id::text, 'changed' FROM collector_results WHERE id = \(key)
      ON CONFLICT DO NOTHING
      """)
    if ours == .scoringAgainInVain {
      try await stage.run("ALTER TABLE metric_facts ADD CONSTRAINT broken CHECK (false) NOT VALID")
    }
    return key
  }

  private static func run(_ ours: Ours, _ stage: Stage, _ database: InterruptedDatabase) async throws {
    switch ours {
    case .scoring, .scoringAgain, .scoringAgainInVain:
      let report = try await stage.score(1, through: database)
      // A key that the other one has locked at that moment is left to the repair.
      if ours == .scoringAgainInVain { #expect(report.newSchemaErrors == report.processed) }
    case .repair: try await Repair(Stage.migration, database: database).drain()
    case .backfill, .backfillOfOrphan:
      _ = try await JobRunner([Stage.migration], database: database, on: stage.loop).run(
        .backfill, of: Stage.migration, by: Stage.actor)
    }
  }
}

/// Something that another connection does, which may have to wait for us.
private final class OtherTask {
  private let stage: Stage
  private var result: Result<Void, any Error>?
  private var isStarted = false

  init(_ stage: Stage) { self.stage = stage }

  /// Returns when it is done, or waits.
  func start(_ body: @escaping () async throws -> Void) async throws(DatabaseError) {
    isStarted = true
    stage.loop.spawn {
      do { self.result = .success(try await body()) } catch { self.result = .failure(error) }
    }
    let waiting = Statement(
      "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
    while result == nil {
      if try await stage.pool.query(waiting, []).boolean(row: 0, column: 0) { return }
    }
  }

  func finish() async throws {
    guard isStarted else { return }
    try await eventually("the other one ends", on: stage.loop) { self.result != nil }
    try result!.get()
  }
}
