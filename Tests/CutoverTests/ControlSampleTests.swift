import Cutover
import EventLoop
import Migration
import SQL
import TestSupport
import Testing

/// What the metrics tell of the database.
@Suite struct ControlSampleTests {
  @Test("before create: planned, nothing waits, no view, no job")
  func planned() async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop, isCreated: false)
      defer { stage.close() }
      let sample = try await ControlSampler([Stage.migration], database: stage.pool).sample()
      let move = try #require(sample.moves.first)
      #expect(sample.moves.count == 1 && sample.jobs.isEmpty && sample.processes == 0)
      #expect(sample.flagEpoch == Stage.migration.services.count)
      #expect(move.migration == "brand-metrics" && move.phase == "planned" && !move.isDualWriting)
      #expect(move.queued == 0 && move.queueAge == nil && move.unread == nil && move.isEqual == nil)
      #expect(move.view == nil)
    }
  }

  @Test("what waits, who serves, what was verified, and for how long nobody read old")
  func values() async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop)
      defer { stage.close() }
      try await stage.run(
        """
        INSERT INTO switchyard.repair_queue (migration, key, subject, reason, queued_at)
        SELECT migration, n, 'x', 'y', now() - n * interval '10 seconds'
        FROM generate_series(1, 30) n, (VALUES ('brand-metrics'), ('another')) m (migration) WHERE n > 10 OR migration = 'another';
        INSERT INTO switchyard.processes (process, read_number, snapshot, epoch, leased_until)
        SELECT n, 1, pg_current_snapshot(), 1, now() + (n - 2.5) * interval '1 hour' FROM generate_series(1, 5) n;
        INSERT INTO switchyard.usage_clocks (migration, sampled_at, scans, own_scans, foreign_scans, unread_since)
        VALUES ('brand-metrics', now(), 0, 0, 0, now() - interval '3 days');
        UPDATE switchyard.flags SET version = version + 5 WHERE service = 'topics';
        """)
      let sampler = ControlSampler([Stage.migration], database: stage.pool)
      let sample = try await sampler.sample()
      let move = try #require(sample.moves.first)
      #expect(move.phase == "dual_writing" && move.isDualWriting)
      #expect(move.queued == 20)
      #expect(try #require(move.queueAge) >= 300 && move.queueAge! < 360)
      #expect(try #require(move.unread) >= 3 * 86_400)
      #expect(sample.processes == 3)
      #expect(sample.flagEpoch == Stage.migration.services.count + 5)
      #expect(move.isEqual == nil)
      for isEqual in [true, false] {
        try await stage.run(
          """
          INSERT INTO switchyard.verifications (migration, job, is_equal) VALUES
            ('brand-metrics', 1, \(isEqual)), ('another', 1, \(!isEqual)), ('brand-metrics', 1, NULL)
          """)
        #expect(try await sampler.sample().moves.first?.isEqual == isEqual)
      }
      try await stage.run("UPDATE switchyard.usage_clocks SET sampled_at = now() - interval '2 hours'")
      #expect(try await sampler.sample().moves.first?.unread == nil, "nobody watches")
    }
  }

  @Test(
    "the latest job of each kind, and how far it is",
    arguments: [
      ("running", false, #"{"done":30,"total":120,"per_second":5,"seconds_left":18}"#, "running", 0.25, 18),
      ("running", false, #"{"done":0,"total":0,"per_second":0,"seconds_left":null}"#, "running", 0, nil),
      ("running", true, #"{"done":60,"total":120,"per_second":5,"seconds_left":12}"#, "paused", 0.5, 12),
      ("running", false, #"{"done":130,"total":120,"per_second":5,"seconds_left":0}"#, "running", 1, 0),
      ("queued", false, nil, "queued", 0, nil),
      ("queued", true, nil, "paused", 0, nil),
      ("failed", true, #"{"done":60,"total":120,"per_second":5,"seconds_left":12}"#, "failed", 0.5, nil),
      ("done", false, nil, "done", 1, nil),
    ] as [(String, Bool, String?, String, Double, Int?)])
  func jobs(
    _ state: String, _ isPaused: Bool, _ progress: String?, _ shown: String, _ ratio: Double, _ left: Int?
  ) async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop)
      defer { stage.close() }
      try await stage.run(
        """
        INSERT INTO switchyard.jobs (migration, kind, state, options, by, is_paused, progress) VALUES
          ('brand-metrics', 'backfill', 'done', '{}', 'x', false, '{"done":1,"total":3,"seconds_left":4}'),
          ('brand-metrics', 'backfill', '\(state)', '{}', 'x', \(isPaused), \(progress.map { "'\($0)'" } ?? "NULL")),
          ('another', 'backfill', 'failed', '{}', 'x', false, NULL)
        """)
      let jobs = try await ControlSampler([Stage.migration], database: stage.pool).sample().jobs
      let job = try #require(jobs.first { $0.kind == "backfill" })
      #expect(jobs.allSatisfy { $0.migration == "brand-metrics" } && Set(jobs.map(\.kind)).count == jobs.count)
      #expect(job.state == shown && job.progress == ratio && job.secondsLeft == left)
    }
  }

  /// Writes a cell of the view in a transaction that commits now.
  private static func write(_ stage: Stage, _ cell: Int) async throws {
    try await stage.run(
      """
      INSERT INTO switchyard.brand_daily_dirty_cells (brand_id, customer_id, collector_type, metric_date)
      SELECT gen_random_uuid(), gen_random_uuid(), 'chat', date '2026-01-01' + \(cell)
      """)
  }

  @Test("a cell is dirty since the last look that found none, at most since the last refresh")
  func dirtyCells() async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop)
      defer { stage.close() }
      let sampler = ControlSampler([Stage.migration], database: stage.pool)
      func view() async throws -> ControlSample.View { try #require(try await sampler.sample().moves.first?.view) }
      func pretendRefresh(secondsAgo: Int) async throws {
        try await stage.run(
          "UPDATE switchyard.view_refreshes SET refreshed_at = now() - interval '\(secondsAgo) seconds'")
      }
      // Never refreshed: since the tables were made.
      try await stage.run("UPDATE switchyard.migrations SET created_at = now() - interval '500 seconds'")
      try await Self.write(stage, 1)
      let first = try await view()
      #expect(first.dirtyCells == 1 && first.dirtyAge >= 500 && first.dirtyAge < 560)

      try await stage.run(Stage.migration.view!.refresh.text)
      try await pretendRefresh(secondsAgo: 1_000)
      try await Self.write(stage, 2)
      let unseen = try await view()
      #expect(unseen.dirtyCells == 1 && unseen.dirtyAge >= 1_000, "as old as it may be, for all this process knows")

      try await stage.run("DELETE FROM switchyard.brand_daily_dirty_cells")
      let clean = try await view()
      #expect(clean.dirtyCells == 0 && clean.dirtyAge == 0)
      try await Self.write(stage, 3)
      try await Self.write(stage, 4)
      let dirty = try await view()
      #expect(dirty.dirtyCells == 2 && dirty.dirtyAge > 0)
      #expect(dirty.dirtyAge < 900, "it was clean a moment ago")
      let again = try await view()
      #expect(again.dirtyAge > dirty.dirtyAge, "it only grows until a refresh")
      try await pretendRefresh(secondsAgo: 0)
      let refreshed = try await view()
      #expect(refreshed.dirtyCells == 2 && refreshed.dirtyAge < 60)
    }
  }

  @Test(
    "tables that are missing: of the view, there is none; of the control plane, an error, and the next sample is whole")
  func fails() async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop)
      defer { stage.close() }
      let sampler = ControlSampler([Stage.migration], database: stage.pool)
      try await stage.run("ALTER TABLE switchyard.brand_daily_dirty_cells RENAME TO hidden")
      #expect(try await sampler.sample().moves.first.map { $0.view == nil } == true)
      try await stage.run("ALTER TABLE switchyard.hidden RENAME TO brand_daily_dirty_cells")
      try await stage.run("ALTER TABLE switchyard.jobs RENAME TO hidden")
      #expect(await failure { _ = try await sampler.sample() } is DatabaseError)
      try await stage.run("ALTER TABLE switchyard.hidden RENAME TO jobs")
      #expect(try await sampler.sample().moves.first?.view != nil)
    }
  }
}
