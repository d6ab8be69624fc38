import EventLoop
import Migration
import SQL
import TestSupport
import Testing

@testable import Cutover

/// Jobs as rows: who may start, claim and keep one.
@Suite struct JobStoreTests {
  private static func store(_ stage: Stage, lease: Int = JobStore.leaseMillisecondsDefault) -> JobStore {
    JobStore(database: stage.pool, leaseMilliseconds: lease)
  }

  private static func start(
    _ kind: Step, _ stage: Stage, _ options: Job.Options = Job.Options(), owner: String? = nil
  ) async throws -> Int {
    try await store(stage).start(kind, of: Stage.migration, options, by: Stage.actor, owner: owner)
  }

  private static func onStage(_ body: @escaping @Sendable (Stage) async throws -> Void) async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop)
      defer { stage.close() }
      try await body(stage)
    }
  }

  @Test("a second of a kind is refused and names the first, until that is over")
  func oneOfAKind() async throws {
    try await Self.onStage { stage in
      let first = try await Self.start(.backfill, stage)
      for _ in 0..<2 {
        let error = await failure { try await Self.start(.backfill, stage) }
        #expect(error as? JobUnderWay == JobUnderWay(step: .backfill, id: first))
        #expect("\(error!)".contains("backfill") && "\(error!)".contains("job \(first)"))
      }
      _ = try await Self.start(.verify, stage)
      _ = try await Self.start(.refresh, stage)
      try await stage.run("UPDATE switchyard.jobs SET state = 'done' WHERE id = \(first)")
      let second = try await Self.start(.backfill, stage)
      #expect(second > first)
      try await stage.run("UPDATE switchyard.jobs SET state = 'failed' WHERE id = \(second)")
      #expect(try await Self.start(.backfill, stage) > second)
    }
  }

  @Test("of many processes that start one at once, one does; the others are refused and name it")
  func atOnceStarted() async throws {
    try await Self.onStage { stage in
      for _ in 0..<5 {
        let outcomes = try await atOnce(8, on: stage.settings) { other -> [Int] in
          do { return [try await Self.start(.verify, other), 1] } catch let error as JobUnderWay {
            return [error.id, 0]
          }
        }
        #expect(outcomes.count { $0[1] == 1 } == 1)
        #expect(Set(outcomes.map { $0[0] }).count == 1, "\(outcomes)")
        try await stage.run("UPDATE switchyard.jobs SET state = 'done'")
      }
    }
  }

  static let moving: [Step] = [.stopOldWrites, .archive, .restore, .drop, .truncate, .remove]

  @Test("what moves the tables does not begin while they are copied or compared", arguments: moving)
  func rivals(_ kind: Step) async throws {
    try await Self.onStage { stage in
      for other in [Step.backfill, .verify] {
        let first = try await Self.start(other, stage)
        let error = await failure { try await Self.start(kind, stage) }
        #expect(error as? JobUnderWay == JobUnderWay(step: other, id: first))
        try await stage.run("DELETE FROM switchyard.jobs")
      }
      // As if its gate had been met before.
      try await stage.run(
        """
        INSERT INTO switchyard.jobs (migration, kind, state, options, by)
        VALUES ('brand-metrics', '\(kind.rawValue)', 'queued', '{}', 'x')
        """)
      for other in [Step.backfill, .verify] + Self.moving where other != kind {
        let error = await failure { try await Self.start(other, stage) }
        #expect((error as? JobUnderWay)?.step == kind, "\(other)")
      }
      _ = try await Self.start(.refresh, stage)
    }
  }

  @Test("a job that is queued is claimed once, by whoever comes first", arguments: [1, 7])
  func claimedOnce(_ jobs: Int) async throws {
    try await Self.onStage { stage in
      let names = (0..<jobs).map { "migration \($0)" }
      for name in names {
        try await stage.run(
          """
          INSERT INTO switchyard.jobs (migration, kind, state, options, by, reason)
          VALUES ('\(name)', 'verify', 'queued', '{"repair":true}', 'ann', 'why')
          """)
      }
      let claimed = try await atOnce(8, on: stage.settings) { other in
        var ids: [Int] = []
        while let job = try await Self.store(other).claim(migrations: names, owner: "\(ids) of \(other.loop)") {
          #expect(job.step == .verify && job.options.repair == true && job.actor.name == "ann")
          #expect(job.actor.reason == "why" && !job.actor.isForcing && job.checkpoint == nil)
          ids.append(job.id)
        }
        return ids
      }
      #expect(claimed.joined().sorted() == Array(1...jobs))
      #expect(try await stage.count("switchyard.jobs WHERE state = 'running' AND started_at IS NOT NULL") == jobs)
    }
  }

  @Test("the one that has waited longest comes first; those of other migrations are left alone")
  func order() async throws {
    try await Self.onStage { stage in
      let ids = [try await Self.start(.verify, stage), try await Self.start(.backfill, stage)]
      let store = Self.store(stage)
      #expect(try await store.claim(migrations: ["another"], owner: "a") == nil)
      #expect(try await store.claim(migrations: [], owner: "a") == nil)
      let claimed = [
        try await store.claim(migrations: [Stage.migration.name], owner: "a")?.id,
        try await store.claim(migrations: [Stage.migration.name], owner: "a")?.id,
      ]
      #expect(claimed == ids)
    }
  }

  @Test("a job that somebody runs is not claimed before its lease has run out, unless its owner is known to be dead")
  func leases() async throws {
    try await Self.onStage { stage in
      let id = try await Self.start(.backfill, stage, owner: "first")
      let store = Self.store(stage)
      let names = [Stage.migration.name]
      #expect(try await store.claim(migrations: names, owner: "second") == nil)
      #expect(try await store.claim(id, migrations: names, owner: "second") == nil)
      #expect(try await store.claim(id, migrations: names, owner: "second", deadOwner: "somebody else") == nil)
      #expect(try await store.claim(id, migrations: names, owner: "second", deadOwner: "first")?.id == id)
      try await stage.run("UPDATE switchyard.jobs SET lease_until = now() - interval '1 ms'")
      #expect(try await store.claim(migrations: names, owner: "third")?.id == id)
      #expect(try await stage.value("SELECT owner FROM switchyard.jobs") == "third")
      #expect(try await store.claim(migrations: names, owner: "fourth") == nil, "it has a lease again")
      try await stage.run("UPDATE switchyard.jobs SET state = 'done', lease_until = now() - interval '1 ms'")
      #expect(try await store.claim(migrations: names, owner: "fifth") == nil)
      #expect(try await store.claim(id, migrations: names, owner: "fifth", deadOwner: "third") == nil)
    }
  }

  @Test("a job whose gate is not met is not queued", arguments: Step.allCases)
  func gates(_ kind: Step) async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop, isCreated: false)
      defer { stage.close() }
      let error = await failure { try await Self.start(kind, stage) }
      if kind == .create {
        #expect(error == nil)
      } else {
        #expect(error is StepRefused || error is WrongPhase)
        #expect(try await stage.count("switchyard.jobs") == 0)
      }
    }
  }

  @Test("it is shown as the API shows it")
  func shown() async throws {
    try await Self.onStage { stage in
      var options = Job.Options()
      options.batch_size = 7
      let id = try await Self.start(.backfill, stage, options)
      let store = Self.store(stage)
      let rows = try await store.find(id)
      #expect(
        rows.columns.map(\.name) == [
          "job_id", "migration", "kind", "state", "paused", "options", "by", "reason", "progress", "report", "error",
          "queued_at", "started_at", "finished_at",
        ])
      #expect(rows.columns[JobStore.stateColumn].name == "state")
      #expect(rows.string(row: 0, column: 5) == #"{"batch_size":7}"#)
      #expect(rows.isNull(row: 0, column: 8) && rows.isNull(row: 0, column: 12) && rows.isNull(row: 0, column: 13))
      #expect(try await store.find(id + 1).isEmpty)
    }
  }

  @Test("pausing is for jobs that are under way")
  func pausing() async throws {
    try await Self.onStage { stage in
      let store = Self.store(stage)
      #expect(try await store.pause(1, true) == false, "there is none")
      let id = try await Self.start(.verify, stage)
      for isPaused in [true, true, false] {
        #expect(try await store.pause(id, isPaused))
        #expect(try await stage.value("SELECT is_paused FROM switchyard.jobs") == (isPaused ? "t" : "f"))
      }
      for state in ["done", "failed"] {
        try await stage.run("UPDATE switchyard.jobs SET state = '\(state)'")
        #expect(try await store.pause(id, true) == false)
      }
    }
  }
}
