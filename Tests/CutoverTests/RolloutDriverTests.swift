import Cutover
import EventLoop
import JSON
import Rollout
import SQL
import TestSupport
import Testing

/// What guards and ramps decide, as it reaches the flags.
@Suite struct RolloutDriverTests {
  private static let service = "topics"
  private static let rule = #"{"error_rate":0.01,"latency_ratio":1.5,"mismatch_rate":0,"min_samples":20}"#

  /// A stage with one flag as it is given.
  private static func on(
    _ fields: String, _ body: @escaping @Sendable (Stage, RolloutDriver) async throws -> Void
  ) async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop)
      defer { stage.close() }
      try await stage.markVerified()
      try await change(fields, on: stage)
      try await body(stage, RolloutDriver(stage.store))
    }
  }

  private static func change(_ fields: String, on stage: Stage) async throws {
    let change = try await stage.store.change(
      flagOf: service, fields, ifVersion: nil, by: "ada", reason: nil, isForcing: true)
    #expect(change != nil)
  }

  private static func flag(_ stage: Stage) async throws -> Flag {
    try await stage.store.flagSet().flags.flag(of: service)
  }

  /// As if the flag had been left alone for longer.
  private static func soak(_ seconds: Int, _ stage: Stage) async throws {
    try await stage.run("UPDATE switchyard.flags SET updated_at = updated_at - interval '\(seconds) s'")
  }

  private static func trip(_ flag: Flag) throws -> CanaryWatch.Trip {
    let rule = try #require(flag.guardRule)
    return CanaryWatch.Trip(
      reason: .differences,
      seen: CanaryWatch.Seen(
        service: service, version: flag.version, rule: rule,
        tally: GuardTally(requests: 214, failures: 2, comparisons: 37, differences: 1, slower: 3)))
  }

  private static func seen(_ flag: Flag, _ tally: GuardTally) throws -> [CanaryWatch.Seen] {
    [CanaryWatch.Seen(service: service, version: flag.version, rule: try #require(flag.guardRule), tally: tally)]
  }

  @Test("a rule and a ramp are read as they were set")
  func parses() async throws {
    try await Self.on(#"{"guard":\#(Self.rule),"ramp":{"steps":[0.5,50,1e2],"soak_s":60}}"#) { stage, _ in
      let flag = try await Self.flag(stage)
      #expect(flag.guardRule == GuardRule(errorRate: 0.01, latencyRatio: 1.5, mismatchRate: 0, minSamples: 20))
      #expect(
        flag.ramp == Ramp(steps: [Percent(hundredths: 50)!, Percent(hundredths: 5_000)!, .all], soakSeconds: 60))
    }
  }

  @Test("a trip turns the flag off, once, and tells why by its numbers")
  func trips() async throws {
    try await Self.on(#"{"use_new_schema":true,"canary_percent":50,"guard":\#(Self.rule)}"#) { stage, driver in
      let trip = try Self.trip(try await Self.flag(stage))
      let decision = try #require(try await driver.turnOff(trip))
      #expect(decision.kind == .trip && decision.service == Self.service)
      let flag = try await Self.flag(stage)
      #expect(!flag.useNewSchema && flag.canaryPercent == Percent(hundredths: 5_000))
      #expect(try await driver.turnOff(trip) == nil)
      #expect(try await Self.flag(stage) == flag)
      let history = try await stage.rows("SELECT by, reason FROM switchyard.flag_history ORDER BY id DESC LIMIT 1")
      let reason = "new answered 1 of 37 comparisons differently; mismatch_rate allows 0.0"
      #expect(history == [["guard", reason]])
      let recorded = try await stage.rows(
        "SELECT version, decision, cause, reason, numbers FROM switchyard.rollout_decisions")
      #expect(
        recorded == [
          [
            "2", "trip", "mismatch_rate", reason,
            #"{"soaked_s":null,"requests":214,"failures":2,"comparisons":37,"differences":1,"slower":3,"guard":{"error_rate":0.01,"latency_ratio":1.5,"mismatch_rate":0.0,"min_samples":20}}"#,
          ]
        ])
    }
  }

  @Test("a flag that somebody has changed since is left to a new guard")
  func changedSince() async throws {
    try await Self.on(#"{"use_new_schema":true,"canary_percent":50,"guard":\#(Self.rule)}"#) { stage, driver in
      let trip = try Self.trip(try await Self.flag(stage))
      try await Self.change(#"{"canary_percent":40}"#, on: stage)
      #expect(try await driver.turnOff(trip) == nil)
      #expect(try await Self.flag(stage).useNewSchema)
      #expect(try await stage.count("switchyard.rollout_decisions") == 0)
    }
  }

  @Test("a ramp that went on before it knew of the trip does not save the flag")
  func rampedSince() async throws {
    let fields =
      #"{"use_new_schema":true,"canary_percent":10,"guard":\#(Self.rule),"ramp":{"steps":[10,50],"soak_s":5}}"#
    try await Self.on(fields) { stage, driver in
      let flag = try await Self.flag(stage)
      let trip = try Self.trip(flag)
      try await driver.tell(try Self.seen(flag, GuardTally(requests: 20, comparisons: 20)), as: "a")
      try await Self.soak(5, stage)
      #expect(try await driver.moveRamps().map(\.kind) == [.raise])
      #expect(try await driver.turnOff(trip)?.kind == .trip)
      #expect(try await !Self.flag(stage).useNewSchema)
      #expect(try await driver.moveRamps() == [], "what is off goes nowhere")
    }
  }

  @Test("from 0 to the last step: soak, wait for what all guards have seen, go on")
  func ramps() async throws {
    let fields = #"{"use_new_schema":true,"guard":\#(Self.rule),"ramp":{"steps":[10,50,100],"soak_s":30}}"#
    try await Self.on(fields) { stage, driver in
      func percent() async throws -> Int { try await Self.flag(stage).canaryPercent.hundredths / 100 }
      #expect(try await driver.moveRamps().map(\.cause) == ["begin"])
      #expect(try await percent() == 10)
      for step in [50, 100] {
        let flag = try await Self.flag(stage)
        try await driver.tell(try Self.seen(flag, GuardTally(requests: 500, comparisons: 400)), as: "early")
        #expect(try await driver.moveRamps() == [], "it has not soaked")
        try await driver.tell(try Self.seen(flag, GuardTally(requests: 12, comparisons: 5)), as: "early")
        try await Self.soak(30, stage)
        // A restart: another driver, and a process with a name of its own.
        let other = RolloutDriver(stage.store)
        #expect(try await other.moveRamps().map(\.cause) == ["few_requests"])
        #expect(try await other.moveRamps() == [], "told once")
        try await other.tell(try Self.seen(flag, GuardTally(requests: 9, comparisons: 5)), as: "late")
        #expect(try await other.moveRamps().map(\.cause) == ["few_comparisons"])
        try await other.tell(try Self.seen(flag, GuardTally(requests: 9, comparisons: 15)), as: "late")
        let raise = try await other.moveRamps()
        #expect(raise.map(\.kind) == [.raise])
        #expect(
          raise.first?.reason
            == "to \(step).00 % after 30 s: 0 of 21 requests failed, 0 of 20 comparisons differed, 0 took over 1.5 times as long"
        )
        #expect(try await percent() == step)
        // What it saw before is of no use for the next step.
        try await other.tell(try Self.seen(flag, GuardTally(requests: 99, comparisons: 99)), as: "late")
      }
      try await Self.soak(1_000, stage)
      #expect(try await driver.moveRamps() == [], "the last step")
      #expect(try await stage.count("switchyard.canary_tallies") == 0)
      let history = try await stage.rows(
        "SELECT by, \"to\" ->> 'canary_percent' FROM switchyard.flag_history ORDER BY id OFFSET 1")
      #expect(history == [["ramp", "10.00"], ["ramp", "50.00"], ["ramp", "100.00"]])
    }
  }

  @Test("each way to break the rule a little makes the ramp wait, and it goes on when it is over")
  func unsure() async throws {
    let fields = #"{"use_new_schema":true,"canary_percent":10,"guard":\#(Self.rule),"ramp":{"steps":[50],"soak_s":1}}"#
    try await Self.on(fields) { stage, driver in
      let flag = try await Self.flag(stage)
      try await Self.soak(1, stage)
      for (tally, cause) in [
        (GuardTally(requests: 100, failures: 2, comparisons: 100), "error_rate"),
        (GuardTally(requests: 100, comparisons: 100, differences: 1), "mismatch_rate"),
        (GuardTally(requests: 100, comparisons: 100, slower: 51), "latency_ratio"),
      ] {
        try await driver.tell(try Self.seen(flag, tally), as: "a")
        #expect(try await driver.moveRamps().map(\.cause) == [cause])
        #expect(try await Self.flag(stage) == flag)
      }
      try await driver.tell(try Self.seen(flag, GuardTally(requests: 300, comparisons: 300)), as: "a")
      #expect(try await driver.moveRamps().map(\.kind) == [.raise])
    }
  }

  @Test("without a guard it goes by time alone; a flag that is off stays")
  func unguarded() async throws {
    try await Self.on(#"{"canary_percent":10,"ramp":{"steps":[10,50],"soak_s":2}}"#) { stage, driver in
      try await Self.soak(2, stage)
      #expect(try await driver.moveRamps() == [])
      try await Self.change(#"{"use_new_schema":true}"#, on: stage)
      #expect(try await driver.moveRamps() == [])
      try await Self.soak(2, stage)
      #expect(try await driver.moveRamps().map(\.reason) == ["to 50.00 % after 2 s; there is no guard"])
    }
  }

  @Test("many at once make each step once")
  func oneDriver() async throws {
    try await Self.on(#"{"use_new_schema":true,"ramp":{"steps":[1,2,3,4,5,6,7,8],"soak_s":0}}"#) { stage, driver in
      let tally = RaiseCount()
      for _ in 0..<3 {
        stage.loop.spawn {
          while tally.raised < 8, tally.failed == nil {
            do { tally.raised += try await driver.moveRamps().count } catch { tally.failed = error }
          }
          tally.ended += 1
        }
      }
      try await eventually("all have ended", on: stage.loop) { tally.ended == 3 }
      #expect(tally.failed == nil)
      let steps = try await stage.rows(
        "SELECT \"to\" ->> 'canary_percent' FROM switchyard.flag_history WHERE by = 'ramp' ORDER BY id")
      #expect(steps.map { $0[0] } == (1...8).map { "\($0).00" })
    }
  }

  private final class RaiseCount {
    var raised = 0
    var ended = 0
    var failed: (any Error)?
  }
}
