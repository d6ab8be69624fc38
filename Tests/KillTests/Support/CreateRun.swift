import Cutover
import Postgres
import Testing
import TestSupport

/// A create that is killed at random until its command says that it is done.
struct CreateRun {
  private static let made = [
    "metric_facts", "brand_metrics", "competitor_metrics", "brand_sentiment", "competitor_sentiment",
    "mv_brand_daily_metrics", "brand_daily_dirty_cells",
  ]
  /// Longer than a create takes.
  private static let millisecondsMax = 200

  let ground: Ground
  private let kills: [Kill]
  private let name: String

  init(_ ground: Ground, seed: UInt64) {
    self.ground = ground
    name = "\(Seeds.variable)=\(seed)"
    var dice = SeededGenerator(seed: seed)
    kills = Kill.some(dice.within(1...3), within: Self.millisecondsMax, &dice)
  }

  func callAsFunction(_ tally: Tally) async throws {
    let server = ground.server
    try await server.run(
      """
      DROP SCHEMA IF EXISTS switchyard CASCADE;
      DROP TABLE IF EXISTS metric_facts, brand_metrics, competitor_metrics, brand_sentiment, competitor_sentiment CASCADE
      """)
    let crashTest = CrashTest(
      name: name, arguments: ["create"], ground: ground, kills: kills,
      share: { try await Double(server.number("SELECT count(*) FROM pg_class WHERE relname = 'metric_facts'")) },
      refusalWhenDone: "create is not possible in phase dual_writing")
    _ = try await crashTest(tally) { try await expectAllOrNothing() }
    try await expectAllOrNothing()
    let phases = try await server.lines("SELECT phase, dual_write FROM switchyard.migrations")
    #expect(phases == ["dual_writing t"], "\(name)")
    let moves = try await server.lines("SELECT step FROM switchyard.phase_moves ORDER BY id")
    #expect(moves == ["create"], "\(name)")
    #expect(try await server.lines("SELECT kind FROM switchyard.jobs WHERE state <> 'done'") == [], "\(name)")
    try await expectUsable()
  }

  /// At every moment, also while what was killed is not quite gone.
  private func expectAllOrNothing() async throws {
    let names = Self.made.map { "'\($0)'" }.joined(separator: ", ")
    let made = try await ground.server.number("SELECT count(*) FROM pg_class WHERE relname IN (\(names))")
    #expect(made == 0 || made == Self.made.count, "\(name): a part was made")
  }

  private func expectUsable() async throws {
    try await ground.server.run(
      """
      BEGIN;
      TRUNCATE extracted_positions, collector_results CASCADE;
      \(WideData(seed: 1, results: 30).script);
      COMMIT
      """)
    // The triggers were made too: every result is copied, skipped or queued.
    let pool = ground.pool()
    defer { pool.close() }
    let lost = try await ground.server.number(
      """
      SELECT count(*) FROM extracted_positions e
      WHERE NOT EXISTS (SELECT FROM metric_facts f WHERE f.collector_result_id = e.collector_result_id)
        AND NOT EXISTS (SELECT FROM switchyard.skipped_rows s WHERE s.key = e.collector_result_id)
        AND NOT EXISTS (SELECT FROM switchyard.repair_queue q WHERE q.key = e.collector_result_id)
      """)
    #expect(lost == 0, "\(name)")
    try await Repair(Ground.migration, database: pool).drain()
    for command in ["backfill", "verify"] {
      let end = try await ground.run(command)
      #expect(end.isDone, "\(name): \(end.printed)")
    }
    #expect(try await ground.mistakes() == [], "\(name)")
  }
}
