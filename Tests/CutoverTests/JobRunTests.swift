import EventLoop
import Migration
import Postgres
import SQL
import TestSupport
import Testing

@testable import Cutover

/// One process's hold on a job.
@Suite struct JobRunTests {
  private static let lease = 200

  private static func onStage(_ body: @escaping @Sendable (Stage, EventLoop) async throws -> Void) async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop)
      defer { stage.close() }
      try await stage.run("CREATE TABLE log (entry TEXT)")
      try await body(stage, loop)
    }
  }

  /// A job of this process, and its run.
  private static func run(
    _ stage: Stage, owner: String = "ours", lease: Int = lease, tell: @escaping (Job.Progress) -> Void = { _ in }
  ) async throws -> JobRun {
    let store = JobStore(database: stage.pool, leaseMilliseconds: lease)
    let id = try await store.start(.verify, of: Stage.migration, Job.Options(), by: Stage.actor, owner: owner)
    let job = Job(
      id: id, migration: Stage.migration.name, step: .verify, options: Job.Options(), actor: Stage.actor,
      checkpoint: nil)
    return JobRun(job, of: Stage.migration, store: store, owner: owner, on: stage.loop, tell: tell)
  }

  private static func job(_ stage: Stage, _ columns: String) async throws -> [String?] {
    try await stage.rows("SELECT \(columns) FROM switchyard.jobs ORDER BY id DESC LIMIT 1")[0]
  }

  private static func write(_ entry: String, _ run: JobRun, _ stage: Stage) async throws {
    try await stage.pool.transaction { session in
      _ = try await session.query(Statement("INSERT INTO log VALUES ($1)"), [.text(entry)])
      try await run.checkpoint(entry, in: session)
    }
  }

  private struct Trouble: Error, CustomStringConvertible { let description = "trouble" }

  @Test("done, with its report")
  func done() async throws {
    try await Self.onStage { stage, _ in
      let run = try await Self.run(stage)
      #expect(try await run.run { _ in #"{"a":1}"# } == #"{"a":1}"#)
      #expect(
        try await Self.job(stage, "state, report, error, finished_at >= started_at, lease_until IS NULL")
          == ["done", #"{"a":1}"#, nil, "t", "t"])
    }
  }

  @Test("failed, with its error, which is thrown on")
  func failed() async throws {
    try await Self.onStage { stage, _ in
      let run = try await Self.run(stage)
      let error = await failure { try await run.run { _ in throw Trouble() } }
      #expect(error is Trouble)
      #expect(
        try await Self.job(stage, "state, report, error, finished_at IS NOT NULL") == ["failed", nil, "trouble", "t"])
    }
  }

  @Test("an error of PostgreSQL's about the work is a failure, told in its own words")
  func refused() async throws {
    try await Self.onStage { stage, _ in
      let run = try await Self.run(stage)
      let error = await failure {
        try await run.run { run in
          _ = try await run.database.query(Statement("SELECT 'a secret'::integer"))
          return ""
        }
      }
      #expect((error as? DatabaseError)?.isTransient == false)
      let row = try await Self.job(stage, "state, error")
      #expect(
        row[0] == "failed" && row[1]?.contains("22P02") == true && row[1]?.contains("invalid input syntax") == true)
    }
  }

  static let passing: [any Error] = [
    DatabaseError(.unavailable, doing: "x"), DatabaseError(.connectionLost, doing: "x"),
    DatabaseError(.timedOut, doing: "x"), DatabaseError(.refused(SQLState("57P01")), doing: "x"),
    DatabaseError(.refused(SQLState("53300")), doing: "x"), DatabaseError(.refused(SQLState("40001")), doing: "x"),
    DatabaseError(.refused(SQLState("40P01")), doing: "x"), DatabaseError(.refused(SQLState("55P03")), doing: "x"),
    LeaseLost(id: 1), JobStopped(id: 1),
  ]

  @Test("what passes by itself is no failure: the job stays to be gone on with", arguments: 0..<passing.count)
  func interrupted(_ index: Int) async throws {
    try await Self.onStage { stage, loop in
      let run = try await Self.run(stage)
      let error = await failure { try await run.run { _ in throw Self.passing[index] } }
      #expect(type(of: error!) == type(of: Self.passing[index]))
      #expect(try await Self.job(stage, "state, error, finished_at") == ["running", nil, nil])
      try await eventually("its lease runs out", on: loop) {
        try await JobStore(database: stage.pool).claim(migrations: [Stage.migration.name], owner: "next") != nil
      }
    }
  }

  @Test("as long as it works, however long that takes, nobody takes it over")
  func renews() async throws {
    try await Self.onStage { stage, loop in
      let run = try await Self.run(stage)
      let names = [Stage.migration.name]
      try await run.run { _ in
        let first = try await Self.job(stage, "lease_until")
        try await eventually("the lease is renewed several times", on: loop) {
          #expect(try await JobStore(database: stage.pool).claim(migrations: names, owner: "other") == nil)
          let isLonger = try await stage.value(
            "SELECT lease_until > '\(first[0]!)'::timestamptz + interval '\(3 * Self.lease) ms' FROM switchyard.jobs")
          return isLonger == "t"
        }
        return "{}"
      }
    }
  }

  @Test("a job that others have taken over: the next checkpoint fails, and what was written with it is undone")
  func leaseLost() async throws {
    try await Self.onStage { stage, loop in
      let run = try await Self.run(stage, lease: 60_000)
      let error = await failure {
        try await run.run { run in
          try await Self.write("mine", run, stage)
          try await stage.run("UPDATE switchyard.jobs SET lease_until = now() - interval '1 ms'")
          try await Self.write("still mine", run, stage)
          try await stage.run("UPDATE switchyard.jobs SET lease_until = now() - interval '1 ms'")
          let other = try await JobStore(database: stage.pool).claim(migrations: [Stage.migration.name], owner: "other")
          #expect(other?.checkpoint == #""still mine""#)
          try await Self.write("too late", run, stage)
          return "{}"
        }
      }
      #expect(error as? LeaseLost == LeaseLost(id: 1))
      #expect(try await stage.rows("SELECT entry FROM log") == [["mine"], ["still mine"]])
      #expect(
        try await Self.job(stage, "state, owner, report, error, checkpoint")
          == ["running", "other", nil, nil, #""still mine""#])
    }
  }

  @Test("it notices between two steps, too, and ends nothing that is not its own", arguments: [true, false])
  func leaseLostBetween(_ passes: Bool) async throws {
    try await Self.onStage { stage, loop in
      let run = try await Self.run(stage)
      let error = await failure {
        try await run.run { run in
          try await stage.run("UPDATE switchyard.jobs SET owner = 'other'")
          if passes {
            while true {
              try await run.pass()
              await loop.sleep(milliseconds: 1)
            }
          }
          return "{}"
        }
      }
      #expect(error is LeaseLost)
      #expect(try await Self.job(stage, "state, owner, report") == ["running", "other", nil])
    }
  }

  @Test("paused, it waits between two steps, and goes on when it is resumed; its lease is kept meanwhile")
  func pauses() async throws {
    try await Self.onStage { stage, loop in
      let run = try await Self.run(stage)
      let store = JobStore(database: stage.pool)
      #expect(try await store.pause(run.job.id, true))
      var steps = 0
      var isOver = false
      loop.spawn {
        _ = try? await run.run { run in
          for _ in 0..<3 {
            try await run.pass()
            steps += 1
          }
          return "{}"
        }
        isOver = true
      }
      let lease = try await Self.job(stage, "lease_until")[0]!
      try await eventually("the lease is renewed", on: loop) {
        try await stage.value("SELECT lease_until > '\(lease)'::timestamptz + interval '1 second' FROM switchyard.jobs")
          == "t"
      }
      #expect(steps == 0, "paused before it began")
      #expect(try await store.pause(run.job.id, false))
      try await eventually("it is done", on: loop) { isOver }
      #expect(steps == 3)
      #expect(try await Self.job(stage, "state, is_paused") == ["done", "f"])
    }
  }

  @Test("a process that stops leaves it between two steps, paused or not", arguments: [true, false])
  func stops(_ isPaused: Bool) async throws {
    try await Self.onStage { stage, loop in
      let run = try await Self.run(stage)
      if isPaused { _ = try await JobStore(database: stage.pool).pause(run.job.id, true) }
      var outcome: (any Error)?
      var isOver = false
      loop.spawn {
        outcome = await failure {
          try await run.run { run in
            while true {
              try await run.pass()
              await loop.sleep(milliseconds: 1)
            }
          }
        }
        isOver = true
      }
      try await eventually("it runs", on: loop) { try await Self.job(stage, "started_at")[0] != nil }
      run.stop()
      try await eventually("it ends", on: loop) { isOver }
      #expect(outcome as? JobStopped == JobStopped(id: run.job.id))
      #expect(try await Self.job(stage, "state, error") == ["running", nil])
    }
  }

  @Test("progress is told at once, and is in the database soon and in the end")
  func progress() async throws {
    try await Self.onStage { stage, loop in
      var told: [Job.Progress] = []
      let run = try await Self.run(stage) { told.append($0) }
      try await run.run { run in
        run.progress(done: 10, total: 100)
        #expect(told == [Job.Progress(done: 10, total: 100, perSecond: 0, secondsLeft: nil)])
        try await eventually("it is in the database", on: loop) {
          try await Self.job(stage, "progress")[0]
            == #"{"done":10,"total":100,"per_second":0,"seconds_left":null}"#
        }
        // Time that has passed is what the rate below is bounded by; nothing is waited for.
        await loop.sleep(milliseconds: 20)
        run.progress(done: 60, total: 100)
        return "{}"
      }
      #expect(told.count == 2)
      let last = told[1]
      #expect(last.done == 60 && last.perSecond > 0 && last.perSecond <= 3_000, "since it began, not before")
      #expect(last.secondsLeft == Int((40 / Double(last.perSecond)).rounded()))
      #expect(try await Self.job(stage, "progress ->> 'done'") == ["60"])
    }
  }
}
