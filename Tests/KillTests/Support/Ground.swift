import Catalog
import Cutover
import EventLoop
import Migration
import Postgres
import TestSupport

/// A server with both schemas, on which one run after the other begins anew.
struct Ground {
  static let migration = BrandMetrics.migration()

  let server: OwnServer
  let loop: EventLoop

  static func open(on loop: EventLoop) async throws -> Ground {
    let ground = Ground(server: try await OwnServer.start(on: loop), loop: loop)
    let pool = ground.pool()
    defer { pool.close() }
    try await pool.run(script: BrandMetrics.migration().sample.oldSchema.text)
    try await ControlStore(database: pool, migrations: [migration]).prepare()
    _ = try await pool.transaction {
      try await Creation(migration, by: Phases.Actor("test")).run(in: $0)
    }
    try await pool.run(script: WideData.world)
    try await pool.run(script: WideData.functions)
    try await pool.run(script: Journal.script)
    return ground
  }

  func pool() -> Pool { Pool(server.settings, limits: PoolLimits(connectionsMax: 5), on: loop) }

  func close() async { await server.stop() }

  /// As right after `create`, with other wide rows.
  func reset(_ data: WideData) async throws {
    try await server.run(
      """
      BEGIN;
      SET LOCAL switchyard.is_restoring = 'on';
      TRUNCATE extracted_positions, collector_results, metric_facts, brand_metrics, competitor_metrics, brand_sentiment,
        competitor_sentiment, switchyard.jobs, switchyard.skipped_rows, switchyard.repair_queue,
        switchyard.verifications, switchyard.differences, switchyard.explained_rows, switchyard.phase_moves,
        switchyard.own_scans, journal.batches RESTART IDENTITY;
      DELETE FROM switchyard.brand_daily_dirty_cells;
      UPDATE switchyard.migrations SET phase = 'dual_writing', dual_write = true;
      \(data.script);
      COMMIT
      """)
  }

  /// Runs a command to its end.
  func run(_ arguments: String...) async throws -> Command.End {
    try await Command(arguments, on: server, loop).end()
  }

  /// What the new tables, and the record of what is skipped, have wrong.
  func mistakes() async throws -> [String] {
    // The planner takes the oracle's parts for a row each, and would loop over one in the other.
    try await server.run("ANALYZE extracted_positions, collector_results; SET enable_nestloop = off")
    return try await server.lines(StarOracle.differences(refused: WideData.refused))
  }
}
