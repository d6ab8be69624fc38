import EventLoop
import Migration
import Postgres
import SQL
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

  private static func shown(_ stage: Stage) async throws -> Phase {
    try await MigrationStatus.read(Stage.migration, stage.pool).phase
  }

  @Test("a verified migration is shown as cutting over while some service reads new, and nothing is stored")
  func flags() async throws {
    try await onLoop { loop in
      let stage = try await Self.copied(on: loop)
      defer { stage.close() }
      #expect(try await stage.verify().equal)
      for (fields, phase) in [
        (#"{"canary_percent":50}"#, Phase.verified), (#"{"use_new_schema":true}"#, .cuttingOver),
        (#"{"canary_percent":0}"#, .verified), (#"{"canary_percent":0.01}"#, .cuttingOver), (Self.on, .cuttingOver),
        (Self.off, .verified),
      ] {
        try await Self.change(fields, stage)
        #expect(try await Self.shown(stage) == phase, "\(fields)")
        #expect(try await stage.phase() == .verified)
      }
      #expect(try await Self.lastMove(stage) == ["verify", "test", nil])
      try await Self.change(Self.on, stage)
      try await Self.change(Self.on, stage, of: "prompts")
      try await Self.change(Self.off, stage)
      #expect(try await Self.shown(stage) == .cuttingOver, "another one is on")
      _ = try await stage.store.rollBack(by: "bob", reason: nil)
      #expect(try await Self.shown(stage) == .verified)
    }
  }

  @Test("no service reads new for more users before the migration is verified equal, unless it is forced")
  func flagsFirst() async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop, isCreated: false)
      defer { stage.close() }
      func refuses(_ fields: String, _ word: String) async {
        let error = await failure { try await Self.change(fields, stage) }
        #expect((error as? FlagRefused)?.description.contains(word) == true, "\(fields): \(String(describing: error))")
      }
      try await stage.addMentions(of: 1, count: 3)
      try await stage.score(1)
      try await stage.create()
      await refuses(Self.on, "switchyard backfill")
      try await stage.backfill()
      await refuses(Self.on, "switchyard verify")
      // On, but for nobody; then the share that counts.
      try await Self.change(#"{"use_new_schema":true}"#, stage)
      await refuses(#"{"canary_percent":0.01}"#, "switchyard verify")
      try await Self.change(Self.off, stage)
      try await Self.change(#"{"canary_percent":100}"#, stage)
      await refuses(#"{"use_new_schema":true}"#, "switchyard verify")
      try await stage.run("UPDATE brand_metrics SET visibility_index = 1")
      #expect(try await !stage.verify().equal)
      await refuses(Self.on, "--repair")
      _ = try await stage.store.change(
        flagOf: "topics", #"{"use_new_schema":true,"canary_percent":50}"#, ifVersion: nil, by: "ann", reason: "I know",
        isForcing: true)
      // Fewer is no question.
      try await Self.change(#"{"canary_percent":10}"#, stage)
      await refuses(#"{"canary_percent":10.01}"#, "--repair")
      #expect(try await stage.verify(isRepairing: true).equal)
      try await Self.change(Self.on, stage)
    }
  }

  @Test("rollback turns everything off, to 0 %, without a ramp that brings it back")
  func rollback() async throws {
    try await onLoop { loop in
      let stage = try await Self.copied(on: loop)
      defer { stage.close() }
      #expect(try await stage.verify().equal)
      try await Self.change(#"{"use_new_schema":true,"canary_percent":50,"ramp":{"steps":[50,100],"soak_s":0}}"#, stage)
      _ = try await stage.store.rollBack(by: "bob", reason: "now")
      #expect(
        try await stage.rows("SELECT DISTINCT use_new_schema, canary_percent, ramp::text FROM switchyard.flags")
          == [["f", "0.00", nil]])
      try await Self.change(#"{"use_new_schema":true,"ramp":{"steps":[10,50,100],"soak_s":3600}}"#, stage)
      #expect(try await RolloutDriver(stage.store).moveRamps().map(\.kind) == [.raise])
      #expect(
        try await stage.value("SELECT canary_percent FROM switchyard.flags WHERE service = 'topics'") == "10.00",
        "the ramp begins with its first step")
    }
  }

  @Test("a ramp does not raise a share while the migration is not verified")
  func rampWaits() async throws {
    try await onLoop { loop in
      let stage = try await Self.copied(on: loop)
      defer { stage.close() }
      _ = try await stage.store.change(
        flagOf: "topics", #"{"use_new_schema":true,"ramp":{"steps":[10,100],"soak_s":0}}"#, ifVersion: nil, by: "ann",
        reason: nil)
      #expect(try await RolloutDriver(stage.store).moveRamps().map(\.cause) == ["unverified"])
      #expect(try await RolloutDriver(stage.store).moveRamps() == [], "it is told once")
      #expect(try await stage.verify().equal)
      #expect(try await RolloutDriver(stage.store).moveRamps().map(\.kind) == [.raise])
    }
  }

  @Test("a rollback waits for nobody: not for writers, a step, maintenance, or what waits for them")
  func rollbackWaitsForNobody() async throws {
    try await onLoop { loop in
      let stage = try await Self.copied(on: loop)
      defer { stage.close() }
      #expect(try await stage.verify().equal)
      try await stage.readNew()
      let writer = try await Connection.open(stage.settings, on: loop)
      _ = try await writer.query(Statement("BEGIN"))
      _ = try await writer.query(Statement("UPDATE extracted_positions SET topic = 'w'"))
      _ = try await writer.query(Migration.drainNow)
      let step = try await Connection.open(stage.settings, on: loop)
      _ = try await step.query(Statement("BEGIN"))
      #expect(try await stage.phases.hold(in: step) == .verified)
      let other = try await Stage.join(stage.settings, on: loop, connections: 1)
      defer { other.close() }
      var isOver = false
      loop.spawn {
        _ = try? await other.pool.transaction { try await other.phases.lock(in: $0) }
        isOver = true
      }
      try await eventually("a step waits", on: loop) { try await stage.waiterCount() == 1 }
      let hasty = try await Stage.join(stage.settings.with(statementMillisecondsMax: 3_000), on: loop)
      defer { hasty.close() }
      _ = try await hasty.store.rollBack(by: "bob", reason: nil)
      #expect(!isOver)
      #expect(try await stage.count("switchyard.flags WHERE use_new_schema") == 0)
      try await writer.commit()
      _ = try await step.query(Statement("COMMIT"))
      try await eventually("the step ends", on: loop) { isOver }
    }
  }

  @Test("old writes are stopped after those who are writing have ended; who has copied, copies no more")
  func stopWaits() async throws {
    try await onLoop { loop in
      let stage = try await Self.copied(on: loop)
      defer { stage.close() }
      #expect(try await stage.verify().equal)
      try await stage.readNew()
      let writer = try await Connection.open(stage.settings, on: loop)
      _ = try await writer.query(Statement("BEGIN"))
      _ = try await writer.query(
        Statement("UPDATE extracted_positions SET visibility_index = 77 WHERE competitor_name IS NULL"))
      var isOver = false
      var waitedFor: [String] = []
      loop.spawn {
        _ = try? await stage.job(.stopOldWrites, tell: { waitedFor += $0.waitingFor })
        isOver = true
      }
      // Somebody else, such as autovacuum, may hold a lock before it.
      try await eventually("it tells whom it waits for", on: loop) {
        isOver || waitedFor.contains { $0.contains("idle in transaction") && $0.contains("UPDATE extracted_positions") }
      }
      #expect(!isOver)
      #expect(try await stage.phase() == .verified)
      try await writer.commit()
      try await eventually("old writes are stopped", on: loop) { isOver }
      #expect(try await stage.phase() == .newOnly)
      #expect(try await stage.count("brand_metrics WHERE visibility_index = 77") == 3)
      #expect(try await stage.violations() == [])
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
          "create", "dual-write-off", "dual-write-on",
        ])
      try await stage.backfill()
      try await stage.setDualWrite(on: false)
      #expect(try await stage.phase() == .backfilled, "what was copied stays copied")
      #expect(try await stage.store.isDualWriting(Stage.migration) == false)
      try await stage.setDualWrite(on: true)
      try await stage.run("UPDATE switchyard.migrations SET phase = 'new_only', dual_write = false")
      let error = await failure { try await stage.setDualWrite(on: true) }
      #expect((error as? StepRefused)?.name == "dual-write-on" && (error as? StepRefused)?.phase == .newOnly)
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
