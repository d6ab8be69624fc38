import Cutover
import EventLoop
import Migration
import Postgres
import Rollout
import SQL
import TestSupport
import Testing

@Suite struct ControlStoreTests {
  private static let names = ["dashboard", "visibility", "topics", "competitors", "prompts", "keywords", "citations"]

  private func onStage(_ body: @escaping @Sendable (Stage, EventLoop) async throws -> Void) async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop, isCreated: false)
      defer { stage.close() }
      try await body(stage, loop)
    }
  }

  private static func flags(_ stage: Stage) async throws -> [[String?]] {
    try await stage.rows(
      """
      SELECT service, use_new_schema, canary_percent, shadow_percent, guard, ramp, version, updated_by
      FROM switchyard.flags ORDER BY service
      """)
  }

  @Test("preparing what is there already waits for no writer, and makes none wait")
  func preparingAgain() async throws {
    try await onStage { stage, loop in
      let tables = try await stage.rows(
        "SELECT format('switchyard.%I', tablename) FROM pg_tables WHERE schemaname = 'switchyard'")
      #expect(tables.count > 10)
      let names = tables.map { $0[0]! }.joined(separator: ", ")
      let writer = try await stage.hold("LOCK TABLE \(names) IN ROW EXCLUSIVE MODE", on: loop)
      let name = try await stage.value("SELECT current_database()")!
      try await stage.run("ALTER DATABASE \(name) SET lock_timeout = 1000")
      let other = try await Stage.join(stage.settings, on: loop)
      defer { other.close() }
      try await other.store.prepare()
      try await writer.commit()
    }
  }

  @Test("every service begins with a flag that is off, at 0")
  func beginning() async throws {
    try await onStage { stage, _ in
      #expect(
        try await Self.flags(stage)
          == Self.names.sorted().map { [$0, "f", "0.00", "0.00", nil, nil, "1", "switchyard"] })
      let listed = try await stage.store.listFlags()
      #expect((0..<listed.count).map { listed.string(row: $0, column: 0) } == Self.names, "in the catalog's order")
      #expect(try await stage.count("switchyard.flag_history") == 0)
    }
  }

  @Test("eight processes that prepare an empty database at once all succeed")
  func preparesAtOnce() async throws {
    let settings = try await TestPostgres.database()
    _ = try await atOnce(8, on: settings) { try await $0.store.prepare() }
    try await onLoop { loop in
      let stage = try await Stage.join(settings, on: loop)
      defer { stage.close() }
      #expect(try await Self.flags(stage).map { $0[0] } == Self.names.sorted())
    }
  }

  @Test("a later prepare keeps what was set, and adds services that are new")
  func preparesAgain() async throws {
    try await onStage { stage, _ in
      _ = try await stage.store.change(
        flagOf: "topics", #"{"use_new_schema":true}"#, ifVersion: nil, by: "a", reason: nil)
      let before = try await Self.flags(stage)
      try await stage.store.prepare()
      #expect(try await Self.flags(stage) == before)
      try await ControlStore(database: stage.pool, migrations: [Stage.migration.serving(Service("weather"))]).prepare()
      let after = try await Self.flags(stage)
      #expect(after.filter { $0[0] != "weather" } == before)
      #expect(after.count == before.count + 1)
    }
  }

  @Test("turning dual write before there is anything to write twice changes nothing")
  func dualWriteBeforeCreate() async throws {
    try await onStage { stage, _ in
      #expect(try await stage.store.isDualWriting(Stage.migration) == nil)
      let isKnown = try await stage.store.setDualWrite(Stage.migration, on: true, by: "a", reason: nil)
      #expect(!isKnown)
      #expect(try await stage.count("switchyard.flag_history") == 0)
      #expect(try await stage.store.isDualWriting(Stage.migration) == nil)
    }
  }

  @Test("a turn of dual write is recorded once, with who and why")
  func dualWriteRecorded() async throws {
    try await onStage { stage, _ in
      try await stage.create()
      #expect(try await stage.store.isDualWriting(Stage.migration) == true, "on from the moment of creation")
      for on in [false, false, true] {
        #expect(try await stage.store.setDualWrite(Stage.migration, on: on, by: "ann", reason: "to \(on)"))
        #expect(try await stage.store.isDualWriting(Stage.migration) == on)
      }
      #expect(
        try await stage.rows(#"SELECT by, service, "from", "to", reason FROM switchyard.flag_history ORDER BY id"#) == [
          ["ann", nil, #"{"dual_write" : true}"#, #"{"dual_write" : false}"#, "to false"],
          ["ann", nil, #"{"dual_write" : false}"#, #"{"dual_write" : true}"#, "to true"],
        ])
    }
  }

  @Test("dual write is switched after the transactions that are copying")
  func dualWriteWaits() async throws {
    try await onStage { stage, loop in
      try await stage.create()
      try await stage.addMentions(of: 1, count: 1)
      let writer = try await Connection.open(stage.settings, on: loop)
      _ = try await writer.query(Statement("BEGIN"))
      _ = try await writer.query(Stage.migration.shareWriterLock)
      var isSwitched = false
      loop.spawn {
        try? await stage.setDualWrite(on: false)
        isSwitched = true
      }
      try await eventually("the switch waits", on: loop) { try await stage.waiterCount() == 1 }
      #expect(!isSwitched)
      #expect(try await stage.store.isDualWriting(Stage.migration) == true)
      try await writer.commit()
      try await eventually("it is switched", on: loop) { isSwitched }
      #expect(try await stage.store.isDualWriting(Stage.migration) == false)
    }
  }
}

extension Migration {
  fileprivate func serving(_ service: Service) -> Migration {
    Migration(
      name: name, isDefault: isDefault, schema: schema, keyName: keyName, oldTables: oldTables, newTables: newTables,
      expansion: expansion,
      copy: copy, parity: parity,
      retirement: retirement, view: view, subject: subject, services: [service], sample: sample)
  }
}
