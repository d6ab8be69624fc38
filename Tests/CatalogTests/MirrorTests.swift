import EventLoop
import Migration
import Postgres
import SQL
import Testing
import TestSupport

@Suite(.serialized) struct MirrorTests {
  private static let world = SampleWorld.make(seed: 111, resultsPerBrand: 20)
  private static let ids = world.results.map(\.id)
  private static let other = world.brands[3].id

  /// How a program writes, the results that are then in the queue, and whether under another brand too.
  private static let writes: [(sql: [String], keys: [Int], isUnderOtherBrandToo: Bool)] = [
    (["INSERT INTO extracted_positions \(copyOf("collector_result_id = \(ids[0])"))"], [ids[0]], false),
    (
      ["INSERT INTO extracted_positions \(copyOf("collector_result_id IN (\(ids[3]), \(ids[4]))"))"], [ids[3], ids[4]],
      false
    ),
    (["INSERT INTO extracted_positions \(copyOf("false"))"], [], false),
    (["UPDATE extracted_positions SET topic = 'x' WHERE collector_result_id = \(ids[5])"], [ids[5]], false),
    (["UPDATE extracted_positions SET topic = 'x' WHERE false"], [], false),
    (["UPDATE extracted_positions SET brand_id = '\(other)' WHERE collector_result_id = \(ids[6])"], [ids[6]], true),
    (
      ["UPDATE extracted_positions SET collector_result_id = \(ids[8]) WHERE collector_result_id = \(ids[7])"],
      [ids[7], ids[8]], false
    ),
    (["DELETE FROM extracted_positions WHERE collector_result_id = \(ids[9])"], [ids[9]], false),
    (
      [
        "WITH gone AS (DELETE FROM extracted_positions WHERE collector_result_id = \(ids[9]) RETURNING 1) UPDATE extracted_positions SET topic = 'y' WHERE collector_result_id = \(ids[10])"
      ], [ids[9], ids[10]], false
    ),
    (
      [
        "MERGE INTO extracted_positions e USING (VALUES (\(ids[11]))) v (id) ON e.collector_result_id = v.id WHEN MATCHED THEN UPDATE SET topic = 'z'"
      ], [ids[11]], false
    ),
    (["TRUNCATE extracted_positions"], ids, false),
    (
      [
        "SET LOCAL session_replication_role = replica",
        "UPDATE extracted_positions SET topic = 'x' WHERE collector_result_id = \(ids[12])",
      ], [ids[12]], false
    ),
    (
      ["SET LOCAL search_path = ''", "DELETE FROM public.extracted_positions WHERE collector_result_id = \(ids[13])"],
      [ids[13]], false
    ),
    (
      [
        "CREATE ROLE writer", "GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON extracted_positions TO writer",
        "SET LOCAL ROLE writer", "UPDATE extracted_positions SET topic = 'x' WHERE collector_result_id = \(ids[14])",
        "DELETE FROM extracted_positions WHERE collector_result_id = \(ids[15])", "RESET ROLE",
      ], [ids[14], ids[15]], false
    ),
    (
      [
        "CREATE ROLE emptier", "GRANT TRUNCATE ON extracted_positions TO emptier", "SET LOCAL ROLE emptier",
        "TRUNCATE extracted_positions", "RESET ROLE",
      ], ids, false
    ),
    (
      [
        "SET LOCAL switchyard.is_writing = 'on'",
        "UPDATE extracted_positions SET topic = 'x' WHERE collector_result_id = \(ids[16])",
      ], [], false
    ),
  ]

  @Test("what any program writes to the wide table is in the repair queue in its transaction")
  func enqueuesEveryWrite() async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(Self.world, on: loop)
      defer { stage.close() }
      for _ in 0..<2 { try await stage.transaction(Stage.migration.expansion.mirror) }
      for write in Self.writes {
        try await Self.expect(write.keys, write.isUnderOtherBrandToo, on: stage, "\(write.sql)") { session in
          for statement in write.sql { _ = try await session.query(Statement(statement)) }
        }
      }
    }
  }

  @Test("COPY enters the queue too, and the brand awaits repair")
  func enqueuesCopies() async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(Self.world, on: loop)
      defer { stage.close() }
      try await stage.transaction(Stage.migration.expansion.mirror)
      let result = Self.world.results[17]
      try await World.copy(
        "extracted_positions (collector_result_id, brand_id, customer_id, query_id, collector_type, brand_name)",
        [[String(result.id), result.brand, result.customer, result.query, "copied", "b"]], into: stage.pool)
      #expect(try await stage.value(Self.queue) == "\(result.id) \(result.brand) written by another program")
      #expect(try await stage.value("SELECT needs_repair FROM (\(Self.subject(result.brand))) s") == "t")
    }
  }

  @Test("a write waits for the repair of the same result that may have read before it, and is queued after it")
  func waitsForRepair() async throws {
    try await onLoop { loop in
      let sessions = try await TwoSessions.open(seed: 112, on: loop)
      defer { sessions.close() }
      try await sessions.stage.transaction(Stage.migration.expansion.mirror)
      let id = sessions.world.results[0].id
      try await sessions.stage.run("UPDATE extracted_positions SET topic = 'a' WHERE collector_result_id = \(id)")
      _ = try await sessions.first.query(Statement("BEGIN"))
      _ = try await sessions.first.query(Statement("SELECT FROM switchyard.repair_queue FOR UPDATE"))
      let write = try await sessions.start(
        "UPDATE extracted_positions SET topic = 'b' WHERE collector_result_id = \(id)", on: sessions.second)
      #expect(write.hasWaited)
      _ = try await sessions.first.query(Statement("DELETE FROM switchyard.repair_queue"))
      _ = try await sessions.first.query(Statement("COMMIT"))
      #expect(try await sessions.finish(write))
      #expect(try await sessions.stage.value("SELECT count(*) FROM switchyard.repair_queue") == "1")
    }
  }

  // MARK: Helpers

  private struct RolledBack: Error {}

  private static let queue =
    "SELECT string_agg(key || ' ' || subject || ' ' || reason, ',') FROM switchyard.repair_queue"

  private static func subject(_ brand: String) -> String {
    Stage.migration.subject.row.new.text.replacing("$1", with: "'\(brand)'")
  }

  private static func copyOf(_ condition: String) -> String {
    """
    (collector_result_id, brand_id, customer_id, query_id, collector_type, brand_name, competitor_name)
    SELECT collector_result_id, brand_id, customer_id, query_id, collector_type, brand_name, competitor_name
    FROM extracted_positions WHERE \(condition)
    """
  }

  private static func expect(
    _ keys: [Int], _ isUnderOtherBrandToo: Bool, on stage: Stage, _ what: String,
    write: (any Session) async throws -> Void
  ) async throws {
    var expected = Set(world.results.filter { keys.contains($0.id) }.map { "\($0.id) \($0.brand)" })
    if isUnderOtherBrandToo { expected.formUnion(keys.map { "\($0) \(other)" }) }
    do {
      try await stage.pool.transaction { session in
        try await write(session)
        let rows = try await session.query(
          Statement("SELECT key || ' ' || subject, migration, reason FROM switchyard.repair_queue"))
        let queued = (0..<rows.count).map { rows.string(row: $0, column: 0)! }
        #expect(Set(queued) == expected && queued.count == expected.count, "\(what)")
        for row in 0..<rows.count {
          #expect(rows.string(row: row, column: 1) == "brand-metrics", "\(what)")
          #expect(rows.string(row: row, column: 2) == "written by another program", "\(what)")
        }
        throw RolledBack()
      }
    } catch is RolledBack {}
  }
}
