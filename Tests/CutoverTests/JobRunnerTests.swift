import EventLoop
import Foundation
import Migration
import SQL
import TestSupport
import Testing

@testable import Cutover

/// Processes that do jobs, and go on with those of others.
@Suite struct JobRunnerTests {
  /// 6 results that were scored before the new tables were made.
  private static func onStage(_ body: @escaping @Sendable (Stage, EventLoop) async throws -> Void) async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop, isCreated: false)
      defer { stage.close() }
      try await stage.addMentions(of: 1, count: 6)
      try await stage.score(1)
      try await stage.create()
      try await body(stage, loop)
    }
  }

  private static func start(
    _ kind: Step, _ stage: Stage, _ options: Job.Options = Job.Options(), owner: String? = nil
  ) async throws -> Int {
    try await JobStore(database: stage.pool).start(kind, of: Stage.migration, options, by: Stage.actor, owner: owner)
  }

  private static func states(_ stage: Stage) async throws -> [String] {
    try await stage.rows("SELECT kind || ' ' || state FROM switchyard.jobs ORDER BY id").map { $0[0]! }
  }

  private static func runner(_ stage: Stage) -> JobRunner {
    JobRunner([Stage.migration], database: stage.pool, leaseMilliseconds: 500, on: stage.loop)
  }

  /// A process of this machine that has ended: it had our number, and began at another time.
  private static let dead: String = {
    let parts = ProcessName.current.description.split(separator: "/")
    return "\(parts[0])/\(parts[1])/1 7"
  }()

  private static let elsewhere = "another.machine/1/1 7"

  @Test("jobs that wait are done, one after the other and side by side, and told about")
  func picksUp() async throws {
    try await Self.onStage { stage, loop in
      let runner = Self.runner(stage)
      runner.start()
      for kind in [Step.backfill, .verify, .refresh] { _ = try await Self.start(kind, stage) }
      try await eventually("all are done", on: loop) {
        try await Self.states(stage) == ["backfill done", "verify done", "refresh done"]
      }
      for _ in 0..<3 {
        let id = try await Self.start(.backfill, stage)
        try await eventually("it is done", on: loop) {
          try await stage.value("SELECT state FROM switchyard.jobs WHERE id = \(id)") == "done"
        }
      }
      #expect(try await stage.count("metric_facts") == 6)
      #expect(try await stage.value("SELECT progress ->> 'done' FROM switchyard.jobs WHERE id = 1") == "6")
      runner.stop()
    }
  }

  @Test("a job that fails is told with its error, and the next one is done")
  func failed() async throws {
    try await Self.onStage { stage, loop in
      let runner = Self.runner(stage)
      try await stage.run("ALTER TABLE switchyard.skipped_rows RENAME TO away")
      _ = try await Self.start(.backfill, stage)
      _ = try await Self.start(.refresh, stage)
      runner.start()
      try await eventually("both are over", on: loop) {
        try await Self.states(stage) == ["backfill failed", "refresh done"]
      }
      #expect(try await stage.value("SELECT error FROM switchyard.jobs WHERE id = 1")?.contains("42P01") == true)
      runner.stop()
      try await stage.run("ALTER TABLE switchyard.away RENAME TO skipped_rows")
      #expect(try await stage.backfill().results == 6, "it can be asked for again")
    }
  }

  @Test("servers never do one job twice")
  func together() async throws {
    try await Self.onStage { stage, loop in
      try await stage.backfill()
      let settings = stage.settings
      async let servers = atOnce(3, on: settings) { other in
        let runner = Self.runner(other)
        runner.start()
        try await eventually("the end", on: other.loop) {
          try await other.count("switchyard.jobs WHERE by = 'end'") == 1
        }
        runner.stop()
        return true
      }
      for _ in 0..<25 {
        let id = try await Self.start(.verify, stage)
        try await eventually("it is done", on: loop) {
          try await stage.value("SELECT state FROM switchyard.jobs WHERE id = \(id)") == "done"
        }
      }
      try await stage.run("UPDATE switchyard.jobs SET by = 'end' WHERE id = (SELECT max(id) FROM switchyard.jobs)")
      #expect(try await servers.count == 3)
      let owners = try await stage.count("(SELECT DISTINCT owner FROM switchyard.jobs WHERE kind = 'verify') o")
      #expect(owners == 25, "each run has a name of its own")
      // The newest eleven are kept.
      #expect(
        try await stage.value("SELECT max(n) FROM (SELECT count(*) AS n FROM switchyard.verifications GROUP BY job) v")
          == "1")
      #expect(try await stage.value("SELECT count(DISTINCT id) FROM switchyard.verifications") == "11")
      #expect(try await stage.value("SELECT max(id) FROM switchyard.verifications") == "25", "as many as jobs")
    }
  }

  /// Half of a backfill, by somebody who is not there any more.
  private static func leaveHalfDone(_ stage: Stage, by owner: String) async throws -> Int {
    var options = Job.Options()
    options.batch_size = 2
    let id = try await start(.backfill, stage, options, owner: owner)
    let keys = try await stage.rows("SELECT DISTINCT collector_result_id FROM extracted_positions ORDER BY 1").map {
      Int($0[0]!)!
    }
    var state = Backfill.State(bound: keys[5], total: 6)
    state.last = keys[3]
    state.batches = 2
    state.outcome.results = 4
    state.outcome.written = ["metric_facts": 100]
    try await stage.run("UPDATE switchyard.jobs SET checkpoint = '\(ControlJSON.text(state))'")
    return id
  }

  @Test("what a process of this machine left behind when it ended is gone on with at once, from where it was")
  func deadOwner() async throws {
    try await Self.onStage { stage, _ in
      let id = try await Self.leaveHalfDone(stage, by: Self.dead)
      var progress: [Int] = []
      let report = try await stage.backfill(3) { progress.append($0.done) }
      #expect(report.results == 6 && report.written["metric_facts"] == 102)
      #expect(progress == [4, 6], "the size of its steps is the first one's")
      #expect(try await stage.count("metric_facts") == 2, "what was done is not done again")
      #expect(try await stage.rows("SELECT id, state FROM switchyard.jobs") == [[String(id), "done"]])
    }
  }

  @Test("what a process of another machine runs is left to it until its lease has run out")
  func otherMachine() async throws {
    try await Self.onStage { stage, loop in
      let id = try await Self.leaveHalfDone(stage, by: Self.elsewhere)
      for _ in 0..<3 {
        let error = await failure { try await stage.backfill() }
        #expect(error as? JobUnderWay == JobUnderWay(step: .backfill, id: id))
      }
      try await stage.run("UPDATE switchyard.jobs SET lease_until = now() - interval '1 ms'")
      #expect(try await stage.backfill().written["metric_facts"] == 102)
      #expect(try await Self.states(stage) == ["backfill done"])
    }
  }

  @Test("a server goes on with either", arguments: [true, false])
  func serverGoesOn(_ isDead: Bool) async throws {
    try await Self.onStage { stage, loop in
      let id = try await Self.leaveHalfDone(stage, by: isDead ? Self.dead : Self.elsewhere)
      try await stage.run("UPDATE switchyard.jobs SET lease_until = now() + interval '300 ms'")
      let runner = Self.runner(stage)
      runner.start()
      try await eventually("it is done", on: loop) { try await Self.states(stage) == ["backfill done"] }
      #expect(try await stage.count("switchyard.jobs WHERE id = \(id) AND started_at < finished_at") == 1)
      #expect(try await stage.count("metric_facts") == 2)
      runner.stop()
    }
  }

  @Test("a process that is alive keeps its job", arguments: ["of this process", "of another"])
  func alive(_ what: String) async throws {
    try await Self.onStage { stage, loop in
      // The first process of all, as long as the machine runs.
      let owner = what == "of this process" ? ProcessName.current.description : try Self.firstProcess()
      let id = try await Self.leaveHalfDone(stage, by: "\(owner) 7")
      let error = await failure { try await stage.backfill() }
      #expect(error as? JobUnderWay == JobUnderWay(step: .backfill, id: id))
    }
  }

  private static func firstProcess() throws -> String {
    let stat = try String(contentsOfFile: "/proc/1/stat", encoding: .utf8)
    let began = stat[stat.lastIndex(of: ")")!...].split(separator: " ")[20]
    return "\(ProcessName.current.description.split(separator: "/")[0])/1/\(began)"
  }

  static let changes: [(left: Job.Options, wanted: Job.Options)] = {
    var dry = Job.Options()
    dry.dry_run = true
    return [(dry, Job.Options()), (Job.Options(), dry)]
  }()

  @Test("what was left behind is given up when something else is asked for", arguments: [0, 1])
  func somethingElse(_ index: Int) async throws {
    try await Self.onStage { stage, _ in
      let (left, wanted) = Self.changes[index]
      _ = try await Self.start(.backfill, stage, left, owner: Self.dead)
      let report: Backfill.Report = ControlJSON.value(try await stage.job(.backfill, wanted))!
      #expect(report.dry_run == (wanted.dry_run == true))
      #expect(try await stage.count("metric_facts") == (report.dry_run ? 0 : 6))
      #expect(try await Self.states(stage) == ["backfill failed", "backfill done"])
      #expect(try await stage.value("SELECT error FROM switchyard.jobs WHERE id = 1")?.contains("left behind") == true)
    }
  }

  @Test("what waits for a server is done by whoever asks for the same; whoever asks for something else is refused")
  func waiting() async throws {
    try await Self.onStage { stage, _ in
      let id = try await Self.start(.backfill, stage)
      let error = await failure { try await stage.backfill(isDry: true) }
      #expect(error as? JobUnderWay == JobUnderWay(step: .backfill, id: id))
      #expect(try await Self.states(stage) == ["backfill queued"], "left as it was")
      #expect(try await stage.backfill(4).results == 6)
      #expect(try await stage.rows("SELECT id, state FROM switchyard.jobs") == [[String(id), "done"]])
    }
  }

  @Test("a runner that stops ends its jobs between two steps; another goes on with them")
  func stops() async throws {
    try await Self.onStage { stage, loop in
      let first = Self.runner(stage)
      var options = Job.Options()
      options.batch_size = 1
      let id = try await Self.start(.backfill, stage, options)
      // Holds the third result, so that the backfill comes to it and waits.
      let holder = try await stage.hold(
        "SELECT FROM collector_results ORDER BY id OFFSET 2 LIMIT 1 FOR UPDATE", on: loop)
      first.start()
      try await eventually("it waits", on: loop) { try await stage.waiterCount() == 1 }
      first.stop()
      try await holder.commit()
      let second = Self.runner(stage)
      second.start()
      try await eventually("it is done", on: loop) { try await Self.states(stage) == ["backfill done"] }
      let report: Backfill.Report = ControlJSON.value(
        try await stage.value("SELECT report FROM switchyard.jobs WHERE id = \(id)"))!
      #expect(report.results == 6 && report.written["metric_facts"] == 6)
      second.stop()
    }
  }
}
