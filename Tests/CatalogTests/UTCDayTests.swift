import EventLoop
import Migration
import Postgres
import QueryAdapter
import Rollout
import SQL
import Testing
import TestSupport

@Suite(.serialized) struct UTCDayTests {
  private static let seed: UInt64 = 31
  private static let zones = ["Pacific/Kiritimati", "America/St_Johns", "Asia/Kathmandu", "Etc/GMT+12"]

  @Test("a day is a UTC day, whatever the session's zone is", arguments: zones)
  func sessionsZone(zone: String) async throws {
    let world = SampleWorld.make(seed: Self.seed, resultsPerBrand: 90)
    try await onLoop { loop in
      let stage = try await Stage.open(world, on: loop)
      defer { stage.close() }
      let zoned = stage.zoned(zone)
      try await Self.expectRight(world, on: zoned, "\(zone), never refreshed")
      try await stage.refresh()
      try await Self.expectRight(world, on: zoned, "\(zone), refreshed in UTC")
      try await zoned.refreshInZone()
      try await Self.expectRight(world, on: stage, "refreshed in \(zone)")
      try await Self.expectRight(world, on: zoned, "\(zone), refreshed there")
    }
  }

  @Test("writers of any zone stamp the UTC day", arguments: zones)
  func writersZone(zone: String) async throws {
    var world = SampleWorld.make(seed: Self.seed, resultsPerBrand: 60)
    var generator = SeededGenerator(seed: Self.seed)
    var moves: [String] = []
    for index in world.results.indices where generator.chance(4) {
      world.results[index].processedAt = SampleWorld.moment(&generator)
      let moment = Calendar.text(microseconds: world.results[index].processedAt)
      for table in ["extracted_positions", "metric_facts"] {
        moves.append(
          "UPDATE \(table) SET processed_at = '\(moment)' WHERE collector_result_id = \(world.results[index].id)")
      }
    }
    let (moved, statements) = (world, moves)
    try await onLoop { loop in
      let stage = try await Stage.open(SampleWorld.make(seed: Self.seed, resultsPerBrand: 60), on: loop)
      defer { stage.close() }
      try await stage.refresh()
      try await stage.pool.transaction { session in
        _ = try await session.query(Statement("SET LOCAL TimeZone TO '\(zone)'"))
        for statement in statements { _ = try await session.query(Statement(statement)) }
      }
      try await Self.expectRight(moved, on: stage, "written in \(zone)")
      try await stage.refresh()
      try await Self.expectRight(moved, on: stage, "written in \(zone), refreshed")
    }
  }

  @Test("the server's default zone changes nothing", arguments: zones)
  func serversZone(zone: String) async throws {
    let world = SampleWorld.make(seed: Self.seed, resultsPerBrand: 60)
    try await onLoop { loop in
      let stage = try await Stage.open(world, on: loop)
      defer { stage.close() }
      try await stage.run(
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET timezone TO ''\(zone)''', current_database()); END $$")
      let pool = Pool(stage.settings, limits: PoolLimits(connectionsMax: 1), on: loop)
      defer { pool.close() }
      let later = Stage(
        settings: stage.settings, pool: pool, loop: loop, adapter: QueryAdapter(database: pool, flags: FlagBox()))
      try await Self.expectRight(world, on: later, "default \(zone)")
      try await later.refresh()
      try await Self.expectRight(world, on: later, "default \(zone), refreshed")
    }
  }

  private static func expectRight(_ world: World, on asked: some Asked, _ state: String) async throws {
    var generator = SeededGenerator(seed: seed)
    let oracle = Oracle(world: world)
    for path in Inquiry.paths {
      for inquiry in Inquiries.make(path, 12, for: world, &generator) {
        let expected = Array(oracle.body(inquiry).utf8)
        for schema in Schema.allCases {
          let body = Array(try await asked.body(inquiry, from: schema).utf8)
          try #require(body == expected, "seed \(seed), \(state), \(schema): \(inquiry.label)")
        }
      }
    }
  }
}

protocol Asked { func body(_ inquiry: Inquiry, from schema: Schema) async throws -> String }

extension Stage: Asked {}

extension Stage {
  /// The same database, read by sessions of another zone.
  fileprivate func zoned(_ zone: String) -> ZonedStage {
    ZonedStage(database: ZonedDatabase(pool: pool, zone: zone))
  }
}

private struct ZonedStage: Asked {
  let database: ZonedDatabase

  func body(_ inquiry: Inquiry, from schema: Schema) async throws -> String {
    let adapter = QueryAdapter(database: database, flags: FlagBox())
    let answer = await adapter.answer(inquiry.question, override: schema)
    guard case .body(let bytes, Choice(schema, .override)) = answer else {
      throw Stage.Unexpected(inquiry: inquiry, answer: answer)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  func refreshInZone() async throws {
    // REPEATABLE READ is set first thing in the script, so the zone is the session's and not the transaction's.
    try await database.pool.withConnection { connection in
      _ = try await connection.query(Statement("SET TimeZone TO '\(database.zone)'"))
      _ = try await connection.query(Statement("BEGIN"))
      try await connection.run(script: Stage.migration.view!.refresh.text)
      _ = try await connection.query(Statement("COMMIT"))
      _ = try await connection.query(Statement("RESET TimeZone"))
    }
  }
}

/// Reads in transactions that have set a zone, and makes sure that it is set.
private struct ZonedDatabase: Database {
  let pool: Pool
  let zone: String

  func read(_ statements: [(Statement, [Bind])]) async throws(DatabaseError) -> [Rows] {
    do {
      return try await pool.transaction { session in
        _ = try await session.query(Statement("SET LOCAL TimeZone TO '\(zone)'"))
        let shown = try await session.query(Statement("SHOW TimeZone"))
        precondition(shown.string(row: 0, column: 0) == zone)
        var rows: [Rows] = []
        for (statement, binds) in statements { rows.append(try await session.query(statement, binds)) }
        return rows
      }
    } catch let error as DatabaseError { throw error } catch { preconditionFailure("\(error)") }
  }

  func run(script: String) async throws(DatabaseError) { try await pool.run(script: script) }

  func transaction<Result>(_ body: (any Session) async throws -> Result) async throws -> Result {
    try await pool.transaction(body)
  }
}
