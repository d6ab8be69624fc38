import Cutover
import EventLoop
import Migration
import SQL
import TestSupport
import Testing

/// The connection breaks after a COMMIT, before its answer.
@Suite struct LostCommitTests {
  @Test("a batch that took effect is not done and counted again", arguments: 1...6)
  func backfill(_ lost: Int) async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop, isCreated: false)
      defer { stage.close() }
      try await stage.addMentions(of: 1, count: 23)
      try await stage.score(1)
      try await stage.create()
      var options = Job.Options()
      options.batch_size = 4
      var progress: [Int] = []
      let database = ForgetfulDatabase(stage.pool, losing: .answer, ofTransaction: lost, with: "copy_results")
      let text = try await JobRunner([Stage.migration], database: database, on: loop).run(
        .backfill, of: Stage.migration, options, by: Stage.actor
      ) { progress.append($0.done) }
      let report: Backfill.Report = ControlJSON.value(text)!
      #expect(report.results == 23 && report.unchanged == 0)
      #expect(report.written["metric_facts"] == 23 && report.written["competitor_metrics"] == 46)
      #expect(progress == [0, 4, 8, 12, 16, 20, 23])
    }
  }

  /// The step that the job is, and the phase that it begins in.
  enum OneStep: CaseIterable {
    case create, stopOldWrites, truncate, remove

    var job: (step: Step, phase: Phase, end: Phase) {
      switch self {
      case .create: (.create, .planned, .dualWriting)
      case .stopOldWrites: (.stopOldWrites, .verified, .newOnly)
      case .truncate: (.truncate, .verified, .dualWriting)
      case .remove: (.remove, .dualWriting, .planned)
      }
    }
  }

  @Test("a job that did its step, and ended before it could say so, is gone on with", arguments: OneStep.allCases)
  func job(_ step: OneStep) async throws {
    try await onLoop { loop in
      let (kind, phase, end) = step.job
      let stage = try await Stage.open(on: loop, isCreated: phase != .planned)
      defer { stage.close() }
      try await stage.run("UPDATE switchyard.migrations SET phase = '\(phase.rawValue)'")
      let database = ForgetfulDatabase(stage.pool, losing: .transaction, with: "job_end")
      let actor = Phases.Actor("test", reason: "test", isForcing: true)
      let first = await failure {
        try await JobRunner([Stage.migration], database: database, leaseMilliseconds: 1, on: loop).run(
          kind, of: Stage.migration, by: actor)
      }
      #expect((first as? DatabaseError)?.cause == .connectionLost)
      #expect(try await stage.phase() == end)
      let moves = try await stage.count("switchyard.phase_moves")
      var second: (any Error)?
      try await eventually("the lease runs out", on: loop) {
        second = await failure { try await stage.job(kind, by: actor) }
        return !(second is JobUnderWay)
      }
      #expect(second == nil)
      #expect(try await stage.rows("SELECT state FROM switchyard.jobs") == [["done"]])
      #expect(try await stage.phase() == end)
      #expect(try await stage.count("switchyard.phase_moves") == moves, "the step is taken once")
    }
  }
}
