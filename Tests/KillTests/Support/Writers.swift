import Cutover
import EventLoop
import Postgres
import SQL
import ScoreNow
import Scoring
import TestSupport

/// Everybody who writes while the program works: scoring, other programs with plain SQL whose triggers fill the repair
/// queue, and the repair. They try again where the server goes away.
final class Writers {
  private static let pauseMilliseconds = 15
  private static let retryMilliseconds = 20
  private static let drainSecondsMax = 40

  private let ground: Ground
  private let data: WideData
  private let pool: Pool
  private var dice: SeededGenerator
  private var isStopped = false
  private var active = 0
  /// Errors that no killed server explains.
  private(set) var unexpected: [String] = []
  private(set) var done = 0

  init(_ ground: Ground, _ data: WideData, _ dice: SeededGenerator) {
    self.ground = ground
    self.data = data
    self.dice = dice
    pool = ground.pool()
  }

  func start() {
    repeatedly { try await self.score() }
    repeatedly { try await self.change() }
    repeatedly { try await self.delete() }
    repeatedly { try await self.insert() }
    repeatedly { _ = try await Repair(Ground.migration, database: self.pool).drain() }
  }

  /// Waits until each has ended what it was at.
  func stop() async {
    isStopped = true
    while active > 0 { await ground.loop.sleep(milliseconds: 1) }
  }

  /// The queue empties by itself, by the repair alone. But a row that PostgreSQL refuses, and that was skipped for
  /// another reason when the backfill met it, waits for a backfill to judge it.
  func drain() async throws {
    defer { pool.close() }
    let deadline = ContinuousClock.now + .seconds(Self.drainSecondsMax)
    var hasJudged = false
    while try await ground.server.number("SELECT count(*) FROM switchyard.repair_queue") > 0 {
      let tried = try await ground.server.lines("SELECT reason FROM switchyard.repair_queue WHERE attempts > 0")
      if !hasJudged, tried.contains(where: { $0.contains(/SQLSTATE (23514|54000)/) }) {
        hasJudged = true
        let end = try await ground.run("backfill")
        guard end.isDone else { throw NeverDrained(left: [end.printed]) }
      }
      guard ContinuousClock.now < deadline else {
        throw NeverDrained(
          left: try await ground.server.lines("SELECT key, reason FROM switchyard.repair_queue LIMIT 5"))
      }
      do { try await Repair(Ground.migration, database: pool).drain() } catch let error as DatabaseError
        where error.isTransient
      {}
      await ground.loop.sleep(milliseconds: Self.retryMilliseconds)
    }
  }

  private func repeatedly(_ body: @escaping () async throws -> Void) {
    active += 1
    ground.loop.spawn {
      while !self.isStopped {
        do {
          try await body()
          self.done += 1
          await self.ground.loop.sleep(milliseconds: Self.pauseMilliseconds)
        } catch let error as DatabaseError where error.isTransient {
          await self.ground.loop.sleep(milliseconds: Self.retryMilliseconds)
        } catch {
          self.unexpected.append("\(error)")
          self.isStopped = true
        }
      }
      self.active -= 1
    }
  }

  /// New results of the first brand, and those whose wide rows were deleted.
  private func score() async throws {
    let brand = UUIDValue(WideData.brand(1))!
    try await pool.transaction { session in
      _ = try await session.query(
        Statement(
          """
          INSERT INTO collector_results (brand_id, customer_id, query_id, collector_type, topic, raw_answer)
          SELECT $1::uuid, $1::uuid, $1::uuid, 'chat1', 'topic', 'Acme is good. Globex is bad.'
          """), [.uuid(brand)])
    }
    let scorer = Scorer(lexicon: try Lexicon(words: "good\t1.9\nbad\t-2.5", emoji: ""))
    _ = try await ScoreNow(scorer: scorer, migration: Ground.migration, database: pool).run(
      brand: brand, customer: brand, limit: 5)
  }

  private func change() async throws {
    try await write(
      """
      UPDATE extracted_positions
      SET visibility_index = $2::numeric, share_of_answers_competitor = $2::numeric,
        processed_at = processed_at + interval '1 hour'
      WHERE collector_result_id = $1::bigint
      """)
  }

  private func delete() async throws {
    try await write("DELETE FROM extracted_positions WHERE collector_result_id = $1::bigint AND $2::numeric > 0")
  }

  private func insert() async throws {
    try await write(
      """
      INSERT INTO extracted_positions (
        collector_result_id, brand_id, customer_id, query_id, collector_type, topic, brand_name, visibility_index)
      SELECT r.id, r.brand_id, r.customer_id, r.query_id, r.collector_type, 'plain', 'name', $2::numeric
      FROM collector_results r WHERE r.id = $1::bigint
      """)
  }

  /// As a program that knows nothing of us: triggers make the queue's entries.
  private func write(_ statement: String) async throws {
    let binds: [Bind] = [.integer(dice.within(1...data.results)), .text("\(dice.within(1...9_999)).5")]
    try await pool.transaction { session in _ = try await session.query(Statement(statement), binds) }
  }
}

struct NeverDrained: Error {
  let left: [String]
}
