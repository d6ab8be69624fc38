import Cutover
import EventLoop
import Migration
import Observability
import Postgres
import Rollout
import SQL
import TestSupport
import Testing

/// A change is told as made when every process obeys it.
@Suite struct FlagPropagationTests {
  /// One process among others.
  private struct Process {
    let name: String
    let flags = FlagBox()
    let database: WatchedDatabase
    let watch: FlagWatch

    init(_ name: String, _ stage: Stage, on loop: EventLoop) {
      self.name = name
      database = WatchedDatabase(stage.pool)
      watch = FlagWatch(
        ControlStore(database: database, migrations: [Stage.migration]), into: flags, settings: stage.settings,
        log: Log(level: .error, format: .text), as: name, on: loop)
    }

    var percent: Int { flags.current.flag(of: "topics").canaryPercent.hundredths }
    var readsNew: Bool { flags.current.flag(of: "topics").choose(key: "any").schema == .new }

    func begin(on loop: EventLoop) async throws {
      watch.start()
      try await eventually("it obeys the flags", on: loop) { !flags.hasLapsed }
    }
  }

  private static func change(_ hundredths: Int, _ stage: Stage) async throws -> FlagPropagation.Change {
    let fields = "{\"use_new_schema\":true,\"canary_percent\":\(Double(hundredths) / 100)}"
    return try #require(
      try await stage.store.change(flagOf: "topics", fields, ifVersion: nil, by: "test", reason: nil, isForcing: true))
  }

  @Test("when the wait is over every process obeys", arguments: [1, 2, 4])
  func all(_ count: Int) async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop, isCreated: false)
      defer { stage.close() }
      let processes = (1...count).map { Process("server/\($0)/0", stage, on: loop) }
      for process in processes { try await process.begin(on: loop) }
      let propagation = FlagPropagation(stage.pool, on: loop)
      for hundredths in 1...60 {
        let outcome = try await propagation.wait(for: try await Self.change(hundredths, stage))
        #expect(processes.allSatisfy { $0.percent == hundredths }, "\(hundredths): \(processes.map(\.percent))")
        #expect(outcome == .init(acknowledged: processes.map(\.name)))
      }
      for process in processes { await process.watch.stop() }
      let outcome = try await propagation.wait(for: try await Self.change(100, stage))
      #expect(outcome == .init(), "who has left is not waited for")
    }
  }

  @Test("a process that is cut off is waited for until it reads old by itself, and reads new when it is back")
  func cutOff() async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop, isCreated: false)
      defer { stage.close() }
      let cutOff = Process("far/1/0", stage, on: loop)
      let other = Process("near/1/0", stage, on: loop)
      _ = try await Self.change(100_00, stage)
      for process in [cutOff, other] { try await process.begin(on: loop) }
      #expect(cutOff.readsNew && other.readsNew)
      // Its reads hang from now on: one after the other, whoever asks.
      var isCutOff = true
      loop.spawn {
        while isCutOff {
          cutOff.database.closeGate(.before)
          await loop.sleep(milliseconds: 1)
        }
      }
      let propagation = FlagPropagation(stage.pool, on: loop)
      try await eventually("a look hangs", on: loop) { cutOff.database.isWaitingAtGate }
      let outcome = try await propagation.wait(for: try await stage.store.rollBack(by: "test", reason: nil))
      #expect(outcome == .init(acknowledged: [other.name], lapsed: [cutOff.name]))
      #expect(!cutOff.readsNew && !other.readsNew)
      #expect(cutOff.flags.hasLapsed)
      isCutOff = false
      _ = try await Self.change(100_00, stage)
      cutOff.database.openGate()
      try await eventually("it is back", on: loop) { cutOff.readsNew }
      for process in [cutOff, other] { await process.watch.stop() }
    }
  }

  @Test("what was read before a change and comes after it changes nothing, and acknowledges nothing")
  func late() async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop, isCreated: false)
      defer { stage.close() }
      let process = Process("server/1/0", stage, on: loop)
      _ = try await Self.change(10, stage)
      try await process.begin(on: loop)
      process.database.closeGate(.after)
      try await eventually("a look has read and hangs", on: loop) { process.database.isWaitingAtGate }
      let propagation = FlagPropagation(stage.pool, on: loop)
      let outcome = try await propagation.wait(for: try await Self.change(20, stage))
      #expect(outcome.acknowledged == [process.name] && process.percent == 20)
      process.database.openGate()
      for _ in 0..<20 {
        await loop.sleep(milliseconds: 1)
        #expect(process.percent == 20)
      }
      await process.watch.stop()
    }
  }

  @Test("a process of this machine that has ended without a word is not waited for")
  func gone() async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop, isCreated: false)
      defer { stage.close() }
      let host = ProcessName.current.description.split(separator: "/")[0]
      // Of this id there is another process, or none.
      let dead = "\(host)/1/0"
      try await stage.run(
        """
        INSERT INTO switchyard.processes VALUES
          ('\(dead)', 1, pg_current_snapshot(), 1, now() + interval '1 hour')
        """)
      let outcome = try await FlagPropagation(stage.pool, on: loop).wait(for: try await Self.change(30, stage))
      #expect(outcome.acknowledged.isEmpty && outcome.unknown.isEmpty)
    }
  }
}
