import Cutover
import EventLoop
import Rollout
import SQL
import TestSupport
import Testing

/// What a change of a flag changes, and what the history says of it.
@Suite struct FlagChangeTests {
  private func onStage(_ body: @escaping @Sendable (Stage) async throws -> Void) async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop)
      defer { stage.close() }
      try await stage.markVerified()
      try await body(stage)
    }
  }

  private static func change(
    _ stage: Stage, _ fields: String, of service: String = "topics", ifVersion version: Int? = nil,
    reason: String? = nil
  ) async throws -> Bool {
    try await stage.store.change(
      flagOf: service, fields, ifVersion: version, by: "ann", reason: reason, isForcing: true) != nil
  }

  /// service, from, to, reason; newest first, white space skipped.
  private static func history(_ stage: Stage) async throws -> [[String?]] {
    let rows = try await stage.store.history()
    return (0..<rows.count).map { row in
      (2..<6).map { rows.string(row: row, column: $0)?.filter { $0 != " " } }
    }
  }

  private static func flag(_ stage: Stage, _ service: String = "topics") async throws -> [String?] {
    try await stage.rows(
      """
      SELECT use_new_schema, canary_percent, shadow_percent, guard, ramp, version, updated_by
      FROM switchyard.flags WHERE service = '\(service)'
      """)[0].map { $0?.filter { $0 != " " } }
  }

  struct Change: Sendable {
    let fields: String
    let from: String
    let to: String
    let after: [String?]
  }

  private static let guardText = #"{"error_rate":0.1,"latency_ratio":2,"mismatch_rate":0,"min_samples":50}"#
  private static let rampText = #"{"steps":[10,50,100],"soak_s":60}"#

  static let changes = [
    Change(
      fields: #"{"use_new_schema":true}"#, from: #"{"use_new_schema":false}"#, to: #"{"use_new_schema":true}"#,
      after: ["t", "0.00", "0.00", nil, nil, "2", "ann"]),
    Change(
      fields: #"{"canary_percent":12.5}"#, from: #"{"canary_percent":0.00}"#, to: #"{"canary_percent":12.50}"#,
      after: ["f", "12.50", "0.00", nil, nil, "2", "ann"]),
    Change(
      fields: #"{"shadow_percent":100,"use_new_schema":false,"canary_percent":0.00,"guard":null}"#,
      from: #"{"shadow_percent":0.00}"#, to: #"{"shadow_percent":100.00}"#,
      after: ["f", "0.00", "100.00", nil, nil, "2", "ann"]),
    Change(
      fields: #"{"use_new_schema":true,"canary_percent":100,"shadow_percent":0.01}"#,
      from: #"{"canary_percent":0.00,"shadow_percent":0.00,"use_new_schema":false}"#,
      to: #"{"canary_percent":100.00,"shadow_percent":0.01,"use_new_schema":true}"#,
      after: ["t", "100.00", "0.01", nil, nil, "2", "ann"]),
  ]

  @Test("exactly what changed is recorded, of that service alone", arguments: changes)
  func recordsWhatChanged(_ change: Change) async throws {
    try await onStage { stage in
      let isChanged = try await Self.change(stage, change.fields, reason: "why")
      #expect(isChanged)
      #expect(try await Self.flag(stage) == change.after)
      #expect(try await Self.history(stage) == [["topics", change.from, change.to, "why"]])
      #expect(try await Self.flag(stage, "prompts") == ["f", "0.00", "0.00", nil, nil, "1", "switchyard"])
    }
  }

  @Test("a guard and a ramp are set, kept by other changes, and taken away")
  func guardAndRamp() async throws {
    try await onStage { stage in
      let isSet = try await Self.change(stage, "{\"ramp\":\(Self.rampText),\"guard\":\(Self.guardText)}")
      #expect(isSet)
      let set: [String?] = ["f", "0.00", "0.00", Self.guardText, Self.rampText, "2", "ann"]
      #expect(try await Self.flag(stage) == set)
      #expect(try await Self.change(stage, "{\"ramp\":\(Self.rampText)}"))
      #expect(try await Self.flag(stage) == set, "the same again is no change")
      #expect(try await Self.change(stage, #"{"canary_percent":1}"#))
      #expect(try await Self.flag(stage) == ["f", "1.00", "0.00", Self.guardText, Self.rampText, "3", "ann"])
      #expect(try await Self.change(stage, #"{"guard":null}"#))
      #expect(try await Self.flag(stage) == ["f", "1.00", "0.00", nil, Self.rampText, "4", "ann"])
      let history = try await Self.history(stage)
      #expect(history.count == 3)
      #expect(history[0][2] == #"{"guard":null}"#)
      #expect(history[2][1] == #"{"guard":null,"ramp":null}"#)
    }
  }

  @Test("a change to what is there already leaves version and history alone")
  func noChange() async throws {
    try await onStage { stage in
      let isMade = try await Self.change(stage, #"{"use_new_schema":false,"canary_percent":0.0,"ramp":null}"#)
      #expect(isMade)
      #expect(try await Self.change(stage, "{}"))
      #expect(try await Self.flag(stage) == ["f", "0.00", "0.00", nil, nil, "1", "switchyard"])
      #expect(try await Self.history(stage) == [])
    }
  }

  @Test("a change for another version is refused, whole")
  func versions() async throws {
    try await onStage { stage in
      let isChanged = try await Self.change(stage, #"{"use_new_schema":true}"#, ifVersion: 1)
      #expect(isChanged)
      for version in [0, 1, 3] {
        #expect(try await Self.change(stage, #"{"use_new_schema":false}"#, ifVersion: version) == false)
      }
      #expect(try await Self.flag(stage) == ["t", "0.00", "0.00", nil, nil, "2", "ann"])
      #expect(try await Self.history(stage).count == 1)
      #expect(try await Self.change(stage, #"{"use_new_schema":false}"#, ifVersion: 2))
    }
  }

  @Test("of eight changes for one version exactly one is made")
  func versionsAtOnce() async throws {
    try await onStage { stage in
      let outcomes = try await atOnce(8, on: stage.settings) {
        try await Self.change($0, #"{"canary_percent":7}"#, ifVersion: 1)
      }
      #expect(outcomes.count { $0 } == 1)
      #expect(try await Self.flag(stage) == ["f", "7.00", "0.00", nil, nil, "2", "ann"])
    }
  }

  @Test("a percentage that the database refuses changes nothing", arguments: ["101", "-1", "1000"])
  func refused(_ percent: String) async throws {
    try await onStage { stage in
      let error = await failure {
        try await Self.change(stage, "{\"use_new_schema\":true,\"canary_percent\":\(percent)}")
      }
      #expect(error is DatabaseError)
      let flag = try await Self.flag(stage)
      #expect(flag == ["f", "0.00", "0.00", nil, nil, "1", "switchyard"])
      #expect(try await Self.history(stage) == [])
    }
  }

  @Test("a rollback turns everything off, to 0 %, and records what it has changed")
  func rollsBack() async throws {
    try await onStage { stage in
      _ = try await Self.change(stage, #"{"use_new_schema":true,"canary_percent":40}"#)
      _ = try await Self.change(stage, #"{"use_new_schema":true}"#, of: "prompts")
      _ = try await Self.change(stage, #"{"canary_percent":5}"#, of: "keywords")
      _ = try await stage.store.rollBack(by: "bob", reason: "trouble")
      #expect(try await stage.count("switchyard.flags WHERE use_new_schema") == 0)
      #expect(try await Self.flag(stage) == ["f", "0.00", "0.00", nil, nil, "3", "bob"])
      #expect(try await Self.flag(stage, "keywords") == ["f", "0.00", "0.00", nil, nil, "3", "bob"])
      let rolledBack = try await Self.history(stage).prefix(3)
      #expect(Set(rolledBack.map { $0[0] }) == ["topics", "prompts", "keywords"])
      #expect(
        rolledBack.allSatisfy {
          $0[2]?.contains("true") == false && $0[3] == "trouble"
        }, "\(rolledBack)")
      _ = try await stage.store.rollBack(by: "bob", reason: "again")
      #expect(try await Self.history(stage).count == 6, "nothing left to roll back")
    }
  }

  @Test("the flags that a process reads are those that the API shows")
  func flagSet() async throws {
    try await onStage { stage in
      _ = try await Self.change(stage, #"{"use_new_schema":true,"canary_percent":33.33,"shadow_percent":0.5}"#)
      let flags = try await stage.store.flagSet().flags
      let flag = flags.flag(of: "topics")
      #expect(flag.useNewSchema && flag.canaryPercent.hundredths == 3_333 && flag.shadowPercent.hundredths == 50)
      var untouched = Flag(service: "prompts")
      untouched.version = 1
      #expect(flags.flag(of: "prompts") == untouched)
    }
  }
}
