import Cutover
import EventLoop
import Migration
import Postgres
import SQL
import TestSupport
import Testing

/// A migration of one small table, with types whose equal values have several forms.
@Suite(.serialized) struct RowMappingTests {
  private static let schema = TableSchema("public")
  /// JSON knows no negative zero.
  private static let row = #"{"body": {"price": 1.0}, "amount": 2.0, "note_id": 3, "numbers": [0]}"#

  private static func mapping(_ numbers: String = "n.numbers") -> RowMapping {
    let rows = """
      judged AS (
        SELECT 'notes'::text AS table_name, n.id, n.note_id AS key, NULL::text AS reason, false AS is_skipped
        FROM public.notes n WHERE n.note_id = ANY ($1::bigint[])),
      expected_kept_notes AS (
        SELECT n.note_id, n.body, \(numbers) AS numbers, n.amount FROM public.notes n WHERE n.note_id = ANY ($1::bigint[])),
      """
    return RowMapping(
      of: "notes", in: schema, oldTables: [OldTable("notes", key: "note_id")],
      tables: [.init("kept_notes", identity: ["note_id"], others: ["body", "numbers", "amount"])],
      mapping: Statement(rows), check: Statement(rows))
  }

  private static func withNotes(_ body: @escaping @Sendable (Pool) async throws -> Void) async throws {
    let settings = try await TestPostgres.database()
    try await onLoop { loop in
      let pool = Pool(settings, limits: PoolLimits(connectionsMax: 2), on: loop)
      defer { pool.close() }
      try await ControlStore(database: pool, migrations: []).prepare()
      try await pool.run(
        script: """
          CREATE TABLE public.notes (id BIGSERIAL PRIMARY KEY, note_id BIGINT NOT NULL, body JSONB, numbers REAL[], amount NUMERIC);
          CREATE TABLE public.kept_notes (note_id BIGINT PRIMARY KEY, body JSONB, numbers REAL[], amount NUMERIC);
          INSERT INTO public.notes (note_id, body, numbers, amount)
          SELECT n, '{"price": 1.0}', '{0}', 2.0 FROM generate_series(1, 9) n
          """)
      try await body(pool)
    }
  }

  private static func copy(_ keys: ClosedRange<Int>, _ pool: Pool) async throws -> [Int?] {
    let rows = try await pool.query(mapping().move.copy, [.array(Array(keys))] + [OldRow]().binds)
    return [rows.integer(row: 0, column: 0), rows.integer(row: 0, column: 1)]
  }

  private static func differing(_ pool: Pool) async throws -> [Int] {
    let rows = try await pool.query(
      mapping().parity(ofOnly: "notes").fingerprints, [.array(Array(1...9))] + [OldRow]().binds)
    return rows.integers(row: 0, column: 4)
  }

  private static func differences(_ pool: Pool) async throws -> [String] {
    let rows = try await pool.query(
      mapping().parity(ofOnly: "notes").differences, [.array(Array(1...9))] + [OldRow]().binds)
    return (0..<rows.count).map { row in (1..<6).map { rows.string(row: row, column: $0) ?? "-" }.joined(separator: " ")
    }
  }

  @Test(
    "a value of another form is another value: it is found, named and copied",
    arguments: [
      (#"body = '{"price": 1.00}'"#, #"3 - body {"price": 1.00} {"price": 1.0}"#),
      ("numbers = '{-0}'", "3 - - \(Self.row) \(Self.row)"),
      ("amount = 2.00", "3 - amount 2.00 2.0"),
      ("amount = NULL", "3 - amount null 2.0"),
      ("body = NULL", #"3 - body null {"price": 1.0}"#),
    ])
  func forms(change: String, difference: String) async throws {
    try await Self.withNotes { pool in
      #expect(try await Self.copy(1...9, pool) == [9, 0])
      #expect(try await Self.copy(1...9, pool) == [0, 9])
      _ = try await pool.query(Statement("UPDATE public.notes SET \(change) WHERE note_id = 3"))
      #expect(try await Self.differing(pool) == [3])
      #expect(try await Self.differences(pool) == [difference])
      #expect(try await Self.copy(1...9, pool) == [1, 8])
      #expect(try await Self.differing(pool) == [])
      #expect(try await Self.copy(1...9, pool) == [0, 9])
    }
  }

  @Test("rows that are gone are deleted, those of other keys are not touched")
  func gone() async throws {
    try await Self.withNotes { pool in
      #expect(try await Self.copy(1...9, pool) == [9, 0])
      _ = try await pool.query(Statement("DELETE FROM public.notes WHERE note_id IN (2, 8)"))
      #expect(try await Self.copy(1...4, pool) == [0, 3])
      #expect(try await Self.differing(pool) == [8])
      #expect(try await Self.differences(pool).map { $0.prefix(5) } == ["8 - -"])
    }
  }
}
