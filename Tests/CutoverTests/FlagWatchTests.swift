import Cutover
import EventLoop
import Migration
import Observability
import Postgres
import Rollout
import SQL
import TestSupport
import Testing

@Suite struct FlagWatchTests {
  private static func percent(_ flags: FlagBox) -> Int { flags.current.flag(of: "topics").canaryPercent.hundredths }

  private static func set(_ hundredths: Int, _ store: ControlStore) async throws {
    let fields = "{\"use_new_schema\":true,\"canary_percent\":\(Double(hundredths) / 100)}"
    _ = try await store.change(flagOf: "topics", fields, ifVersion: nil, by: "test", reason: nil, isForcing: true)
  }

  private static func watch(_ database: any Database, into flags: FlagBox, _ stage: Stage, on loop: EventLoop)
    -> FlagWatch
  {
    let store = ControlStore(database: database, migrations: [Stage.migration])
    return FlagWatch(store, into: flags, settings: stage.settings, log: Log(level: .error, format: .text), on: loop)
  }

  @Test("a change by another process arrives by notification alone")
  func notified() async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop, isCreated: false)
      defer { stage.close() }
      let other = try await Stage.join(stage.settings, on: loop, connections: 1)
      defer { other.close() }
      // The first read is that of the look now and then, which never gets past the gate: nothing else looks.
      let database = WatchedDatabase(stage.pool, gate: .before)
      let flags = FlagBox()
      try await Self.set(1, other.store)
      let watch = Self.watch(database, into: flags, stage, on: loop)
      watch.start()
      try await eventually("it reads when it begins to listen", on: loop) { Self.percent(flags) == 1 }
      #expect(database.isWaitingAtGate)
      for hundredths in 2...30 {
        try await Self.set(hundredths, other.store)
        try await eventually("change \(hundredths) arrives", on: loop) { Self.percent(flags) == hundredths }
      }
      _ = try await other.store.rollBack(by: "test", reason: nil)
      try await eventually("the rollback arrives", on: loop) { !flags.current.flag(of: "topics").useNewSchema }
      #expect(database.isWaitingAtGate)
      await watch.stop()
      database.openGate()
    }
  }

  @Test("a change without a notification is found by looking")
  func looks() async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop, isCreated: false)
      defer { stage.close() }
      let flags = FlagBox()
      let watch = Self.watch(stage.pool, into: flags, stage, on: loop)
      watch.start()
      for hundredths in [5, 6] {
        try await stage.run("UPDATE switchyard.flags SET canary_percent = \(Double(hundredths) / 100)")
        try await eventually("change \(hundredths) is found", on: loop) { Self.percent(flags) == hundredths }
      }
      await watch.stop()
    }
  }

  @Test("while the database is away the last flags stay; later changes arrive when it is back, by notification too")
  func away() async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop, isCreated: false)
      defer { stage.close() }
      let database = WatchedDatabase(stage.pool)
      let flags = FlagBox()
      try await Self.set(40, stage.store)
      let watch = Self.watch(database, into: flags, stage, on: loop)
      watch.start()
      try await eventually("the flags are known", on: loop) { Self.percent(flags) == 40 }
      let outage = try await Outage.begin(of: stage, on: loop)
      let failures = database.failureCount
      try await eventually("it looks in vain", on: loop) { database.failureCount >= failures + 2 }
      #expect(Self.percent(flags) == 40)
      #expect(flags.current.flag(of: "topics").useNewSchema)
      try await outage.end()
      try await eventually("the database is back", on: loop) { (try? await Self.set(50, stage.store)) != nil }
      try await eventually("the change arrives", on: loop) { Self.percent(flags) == 50 }
      try await eventually("it listens again", on: loop) {
        try await stage.count("pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'") > 0
      }
      await watch.stop()
    }
  }

  @Test("a process that never reached the database reads old, and learns the flags when it comes")
  func neverKnown() async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop, isCreated: false)
      try await Self.set(100_00, stage.store)
      let outage = try await Outage.begin(of: stage, on: loop)
      stage.close()
      let late = try await Stage.join(stage.settings, on: loop)
      defer { late.close() }
      let database = WatchedDatabase(late.pool)
      let flags = FlagBox()
      let watch = Self.watch(database, into: flags, late, on: loop)
      watch.start()
      try await eventually("it looks in vain", on: loop) { database.failureCount >= 2 }
      #expect(flags.current.flag(of: "topics").choose(key: "any") == Choice(.old, .flag))
      try await outage.end()
      try await eventually("the flags arrive", on: loop) {
        flags.current.flag(of: "topics").choose(key: "any") == Choice(.new, .flag)
      }
      await watch.stop()
    }
  }
}

/// Nobody can be connected to a database meanwhile.
private struct Outage {
  private let administration: Connection
  private let name: String

  static func begin(of stage: Stage, on loop: EventLoop) async throws -> Outage {
    let name = try await stage.value("SELECT current_database()")!
    let settings = stage.settings.with(database: "postgres", statementMillisecondsMax: 10_000)
    let administration = try await Connection.open(settings, on: loop)
    _ = try await administration.query(Statement("ALTER DATABASE \(name) ALLOW_CONNECTIONS false"))
    _ = try await administration.query(
      Statement("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = $1"), [.text(name)])
    return Outage(administration: administration, name: name)
  }

  func end() async throws {
    _ = try await administration.query(Statement("ALTER DATABASE \(name) ALLOW_CONNECTIONS true"))
    administration.close()
  }
}
