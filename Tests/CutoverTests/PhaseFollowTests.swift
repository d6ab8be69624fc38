import EventLoop
import Migration
import Postgres
import SQL
import ScoreNow
import TestSupport
import Testing

@testable import Cutover

/// Phases that flags, the switch for dual write and verifications bring about.
@Suite struct PhaseFollowTests {
  private static func copied(on loop: EventLoop) async throws -> Stage {
    let stage = try await Stage.open(on: loop, isCreated: false)
    try await stage.addMentions(of: 1, count: 3)
    try await stage.score(1)
    try await stage.create()
    try await stage.backfill()
    return stage
  }

  private static func change(_ fields: String, _ stage: Stage, of service: String = "topics") async throws {
    _ = try await stage.store.change(flagOf: service, fields, ifVersion: nil, by: "ann", reason: "canary")
  }

  private static func lastMove(_ stage: Stage) async throws -> [String?] {
    try await stage.rows("SELECT step, by, reason FROM switchyard.phase_moves ORDER BY id DESC LIMIT 1")[0]
  }

  private static let on = #"{"use_new_schema":true,"canary_percent":100}"#
  private static let off = #"{"use_new_schema":false}"#

  @Test("verified and reading are what the flags say")
  func flags() async throws {
    try await onLoop { loop in
      let stage = try await Self.copied(on: loop)
      defer { stage.close() }
      #expect(try await stage.verify().equal)
      for (fields, phase) in [
        (#"{"canary_percent":50}"#, Phase.verified), (#"{"use_new_schema":true}"#, .reading),
        (#"{"canary_percent":0}"#, .verified), (#"{"canary_percent":0.01}"#, .reading), (Self.on, .reading),
        (Self.off, .verified),
      ] {
        try await Self.change(fields, stage)
        #expect(try await stage.phase() == phase, "\(fields)")
      }
      #expect(try await Self.lastMove(stage) == ["read_old", "ann", "canary"])
      try await Self.change(Self.on, stage)
      try await Self.change(Self.on, stage, of: "prompts")
      try await Self.change(Self.off, stage)
      #expect(try await stage.phase() == .reading, "prompts still read new")
      _ = try await stage.store.rollBack(by: "bob", reason: "trouble")
      #expect(try await stage.phase() == .verified)
      #expect(try await Self.lastMove(stage) == ["read_old", "bob", "trouble"])
    }
  }

  @Test("flags that are on before anything is verified bring reading about when it is")
  func flagsFirst() async throws {
    try await onLoop { loop in
      let stage = try await Self.copied(on: loop)
      defer { stage.close() }
      try await Self.change(Self.on, stage)
      #expect(try await stage.phase() == .backfilled)
      #expect(try await stage.verify().equal)
      #expect(try await stage.phase() == .reading)
      #expect(
        try await stage.rows("SELECT step FROM switchyard.phase_moves ORDER BY id DESC LIMIT 2")
          == [["read_new"], ["found_equal"]])
    }
  }

  @Test("flags that change at once leave the phase that they say together")
  func flagsAtOnce() async throws {
    try await onLoop { loop in
      let stage = try await Self.copied(on: loop)
      defer { stage.close() }
      #expect(try await stage.verify().equal)
      let services = Stage.migration.services.map(\.name)
      for _ in 0..<15 {
        for (fields, phase) in [(Self.on, Phase.reading), (Self.off, .verified)] {
          let settings = stage.settings
          try await withThrowingTaskGroup(of: Void.self) { group in
            for service in services {
              group.addTask { _ = try await atOnce(1, on: settings) { try await Self.change(fields, $0, of: service) } }
            }
            try await group.waitForAll()
          }
          #expect(try await stage.phase() == phase)
        }
      }
    }
  }

  @Test("neither a change of a flag nor a rollback waits for writers")
  func flagsBesideWriters() async throws {
    try await onLoop { loop in
      let stage = try await Self.copied(on: loop)
      defer { stage.close() }
      #expect(try await stage.verify().equal)
      let writer = try await Connection.open(stage.settings, on: loop)
      _ = try await writer.query(Statement("BEGIN"))
      #expect(try await DualWrite(Stage.migration).target(in: writer) == .both)
      let hasty = try await Stage.join(stage.settings.with(statementMillisecondsMax: 3_000), on: loop)
      defer { hasty.close() }
      try await Self.change(Self.on, hasty)
      #expect(try await stage.phase() == .reading)
      _ = try await hasty.store.rollBack(by: "bob", reason: nil)
      #expect(try await stage.phase() == .verified)
      #expect(try await hasty.verify().equal)
      try await writer.commit()
    }
  }

  @Test("a move that says who writes waits for writers who go by the phase before it")
  func settlingWaits() async throws {
    try await onLoop { loop in
      let stage = try await Self.copied(on: loop)
      defer { stage.close() }
      #expect(try await stage.verify().equal)
      try await stage.readNew()
      let writer = try await Connection.open(stage.settings, on: loop)
      _ = try await writer.query(Statement("BEGIN"))
      _ = try await DualWrite(Stage.migration).target(in: writer)
      var isOver = false
      loop.spawn {
        _ = try? await stage.job(.stopOldWrites)
        isOver = true
      }
      try await eventually("it has tried", on: loop) {
        try await stage.count("pg_locks l JOIN pg_stat_activity a USING (pid) WHERE NOT l.granted") > 0 || isOver
      }
      #expect(!isOver)
      #expect(try await stage.phase() == .reading)
      try await writer.commit()
      try await eventually("it is new_only", on: loop) { isOver }
      #expect(try await stage.phase() == .newOnly)
    }
  }

  @Test("dual write off and on, by the phase that it is in")
  func dualWrite() async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop)
      defer { stage.close() }
      #expect(try await stage.phase() == .dualWriting)
      for (isOn, phase) in [(false, Phase.created), (false, .created), (true, .dualWriting), (true, .dualWriting)] {
        try await stage.setDualWrite(on: isOn)
        #expect(try await stage.phase() == phase)
      }
      #expect(
        try await stage.rows("SELECT step FROM switchyard.phase_moves ORDER BY id").map { $0[0] } == [
          "create", "dual_write_on", "dual_write_off", "dual_write_on",
        ])
      try await stage.backfill()
      try await stage.setDualWrite(on: false)
      #expect(try await stage.phase() == .backfilled, "what was copied stays copied")
      #expect(try await stage.store.isDualWriting(Stage.migration) == false)
      try await stage.setDualWrite(on: true)
      try await stage.run("UPDATE switchyard.migrations SET phase = 'new_only', dual_write = false")
      let error = await failure { try await stage.setDualWrite(on: true) }
      #expect(error as? StepRefused == StepRefused(step: .dualWriteOn, phase: .newOnly, missing: []))
      #expect(try await stage.store.isDualWriting(Stage.migration) == false)
    }
  }

  private static func truncate(_ stage: Stage) async throws {
    _ = try await stage.pool.transaction { try await stage.phases.take(.truncate, by: Stage.actor, in: $0) }
  }

  @Test("a verification from before the tables were emptied is no evidence")
  func beforeTruncate() async throws {
    try await onLoop { loop in
      let stage = try await Self.copied(on: loop)
      defer { stage.close() }
      #expect(try await stage.verify().equal)
      #expect(try await stage.phases.evidence(in: stage.pool).verification != nil)
      try await Self.truncate(stage)
      try await stage.run("DELETE FROM metric_facts")
      #expect(try await stage.phases.evidence(in: stage.pool).verification == nil)
      try await stage.backfill()
      #expect(try await stage.phases.evidence(in: stage.pool).verification == nil)
      let report = try await stage.verify()
      #expect(
        try await stage.phases.evidence(in: stage.pool).verification == .init(id: report.verification, isEqual: true))
    }
  }

  @Test("nor is one that had begun before and ends after")
  func overTruncate() async throws {
    try await onLoop { loop in
      let stage = try await Self.copied(on: loop)
      defer { stage.close() }
      try await stage.addBrand(7)
      // It has compared all rows when it comes to the view, and waits there.
      let holder = try await stage.hold(
        "LOCK TABLE switchyard.brand_daily_dirty_cells IN ACCESS EXCLUSIVE MODE", on: loop)
      var report: VerificationReport?
      var isOver = false
      loop.spawn {
        report = try? await stage.verify()
        isOver = true
      }
      try await eventually("it has compared the rows", on: loop) {
        try await stage.count("switchyard.jobs WHERE checkpoint ->> 'done' = '3'") == 1 || isOver
      }
      #expect(!isOver)
      try await Self.truncate(stage)
      try await holder.commit()
      try await eventually("it ends", on: loop) { isOver }
      #expect(report != nil)
      #expect(try await stage.phases.evidence(in: stage.pool).verification == nil)
    }
  }
}
