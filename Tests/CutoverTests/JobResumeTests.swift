import Cutover
import EventLoop
import Migration
import SQL
import ScoreNow
import TestSupport
import Testing

/// Jobs whose database is lost at some point, and that another run goes on with.
@Suite struct JobResumeTests {
  /// Runs a job on a database that is lost at each of its transactions in turn, each time on a stage of its own, goes
  /// on with it, and looks.
  private static func everywhere(
    _ kind: Step, batch: Int? = nil, _ moment: LostDatabase.Moment, on loop: EventLoop,
    stage make: () async throws -> Stage, look: (Stage, String, Comment) async throws -> Void
  ) async throws {
    var options = Job.Options()
    options.batch_size = batch
    var place = 0
    while true {
      place += 1
      let label = Comment("\(kind), lost \(moment) at transaction \(place)")
      let stage = try await make()
      defer { stage.close() }
      let database = LostDatabase(stage.pool, moment, place)
      let runner = JobRunner([Stage.migration], database: database, on: loop)
      // A process that ends waits for nothing.
      database.tell = { runner.stop() }
      let error = await failure {
        try await runner.run(kind, of: Stage.migration, options, by: Phases.Actor("first"))
      }
      guard database.isLost else {
        #expect(error == nil, label)
        #expect(place > 3, "it has several transactions")
        return
      }
      #expect(error is JobStopped || (error as? DatabaseError)?.isTransient == true, label)
      #expect(try await stage.count("switchyard.jobs WHERE state = 'failed'") == 0, label)
      // Of a job that was done only the answer was lost.
      var report = try await stage.rows("SELECT report FROM switchyard.jobs WHERE kind = '\(kind.rawValue)'").first?[0]
      if let report {
        try await look(stage, report, label)
        continue
      }
      try await eventually("it is taken over", on: loop) {
        // Whoever ran it is not heard of any more.
        try await stage.run("UPDATE switchyard.jobs SET lease_until = now() - interval '1 second'")
        do { report = try await stage.job(kind, options, by: Phases.Actor("second")) } catch is JobUnderWay {
          return false
        }
        return true
      }
      let jobs = try await stage.rows(
        "SELECT state, by, error, owner IS NOT NULL FROM switchyard.jobs WHERE kind = '\(kind.rawValue)' ORDER BY id")
      #expect(jobs.count == 1 && jobs[0][0] == "done" && jobs[0][2] == nil, label)
      #expect(jobs[0][1] == "first" || place == 1, label)
      try await look(stage, report!, label)
    }
  }

  private static func scored(on loop: EventLoop) async throws -> Stage {
    let stage = try await Stage.open(on: loop, isCreated: false)
    try await stage.addMentions(of: 1, count: 5)
    try await stage.score(1)
    return stage
  }

  @Test("a backfill copies each result once", arguments: LostDatabase.Moment.allCases)
  func backfill(_ moment: LostDatabase.Moment) async throws {
    try await onLoop { loop in
      try await Self.everywhere(.backfill, batch: 2, moment, on: loop) {
        let stage = try await Self.scored(on: loop)
        try await stage.create()
        return stage
      } look: { stage, text, label in
        let report: Backfill.Report = ControlJSON.value(text)!
        #expect(report.results == 5 && report.unchanged == 0, label)
        #expect(report.written["metric_facts"] == 5 && report.written["competitor_metrics"] == 10, label)
        let violations = try await stage.violations()
        #expect(violations == [], label)
        #expect(try await stage.phase() == .backfilled, label)
        #expect(try await stage.count("switchyard.phase_moves WHERE step = 'backfill'") == 1, label)
      }
    }
  }

  @Test("a verification finds each difference once")
  func verification() async throws {
    try await onLoop { loop in
      try await Self.everywhere(.verify, .afterIt, on: loop) {
        let stage = try await Self.scored(on: loop)
        try await stage.addBrand(3, competitors: ["Globex"])
        try await stage.addScored(of: 3, competitors: ["Globex", "Nobody"])
        try await stage.create()
        try await stage.backfill()
        try await stage.refresh.run()
        try await stage.run(
          """
          UPDATE brand_metrics SET visibility_index = 1 WHERE id = (SELECT min(id) FROM brand_metrics);
          REFRESH MATERIALIZED VIEW mv_brand_daily_metrics;
          UPDATE brand_metrics SET visibility_index = 2 WHERE id = (SELECT min(id) FROM brand_metrics);
          DELETE FROM switchyard.brand_daily_dirty_cells
          """)
        return stage
      } look: { stage, text, label in
        let report: VerificationReport = ControlJSON.value(text)!
        #expect(!report.equal && report.results == 6, label)
        #expect(report.explained == ["unknown_competitor": 1], label)
        #expect(report.tables["competitor_metrics"]?.expected == 11, label)
        let found = try await FindingsReader(report.verification, database: stage.pool).differences(
          after: 0, limit: 1_000)
        #expect(found.count == report.differences, label)
        let places = found.map { "\($0.table) \($0.key ?? 0) \($0.member ?? "") \($0.column ?? "")" }
        #expect(Set(places).count == places.count, label)
        #expect(found.count { $0.table == "brand_metrics" } == 1, label)
        #expect(found.count { $0.table == "mv_brand_daily_metrics" } == 2, "its average and its sum")
        #expect(found.contains { $0.table == "/dashboard" }, label)
        let again = try await stage.verify()
        #expect((again.answers, again.differences) == (report.answers, report.differences), label)
      }
    }
  }

  @Test("a creation is done")
  func creation() async throws {
    try await onLoop { loop in
      try await Self.everywhere(.create, .afterIt, on: loop) {
        try await Self.scored(on: loop)
      } look: {
        stage, _, label in
        let phase = try await stage.phase()
        #expect(phase == .dualWriting, label)
        #expect(
          try await stage.rows("SELECT step FROM switchyard.phase_moves ORDER BY id") == [["create"]], label)
      }
    }
  }

  @Test("old writes are stopped")
  func stoppingOldWrites() async throws {
    try await onLoop { loop in
      try await Self.everywhere(.stopOldWrites, .afterIt, on: loop) {
        let stage = try await Self.scored(on: loop)
        try await stage.create()
        try await stage.backfill()
        #expect(try await stage.verify().equal)
        try await stage.readNew()
        return stage
      } look: { stage, _, label in
        let phase = try await stage.phase()
        #expect(phase == .newOnly, label)
        #expect(try await stage.store.isDualWriting(Stage.migration) == false, label)
        #expect(try await stage.count("switchyard.phase_moves WHERE step = 'stop-old-writes'") == 1, label)
      }
    }
  }
}
