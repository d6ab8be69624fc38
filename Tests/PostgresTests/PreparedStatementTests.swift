import EventLoop
import Postgres
import SQL
import TestSupport
import Testing

@Suite struct PreparedStatementTests {
  /// `SELECT *` prepared, then a column more: PostgreSQL answers 0A000, "cached plan must not change result type".
  @Test func surviveChangesOfTheirTables() async throws {
    let settings = try await TestPostgres.database()
    try await onLoop { loop in
      let pool = Pool.patient(settings, connections: 2, on: loop)
      defer { pool.close() }
      try await pool.run(script: "CREATE TABLE t (a int); INSERT INTO t VALUES (1)")
      let select = Statement(name: "all", "SELECT * FROM t")
      for change in 1...8 {
        for _ in 1...4 { #expect(try await pool.query(select, []).columns.count == change) }
        try await pool.run(script: "ALTER TABLE t ADD COLUMN b\(change) int")
      }
      #expect(try await pool.query(select, []).columns.count == 9)
    }
  }

  @Test func surviveTheLossOfTheirTable() async throws {
    let settings = try await TestPostgres.database()
    try await onLoop { loop in
      let pool = Pool.patient(settings, connections: 1, on: loop)
      defer { pool.close() }
      let select = Statement(name: "all", "SELECT a::text FROM t")
      for round in 1...3 {
        try await pool.run(script: "CREATE TABLE t (a int); INSERT INTO t VALUES (\(round))")
        #expect(try await pool.query(select, []).string(row: 0, column: 0) == "\(round)")
        try await pool.run(script: "DROP TABLE t")
        let error = await pool.failure { _ = try await $0.query(select, []) }
        #expect(error?.state == .undefinedTable)
      }
    }
  }

  @Test func surviveDeallocateAll() async throws {
    let settings = try await TestPostgres.database()
    try await onLoop { loop in
      let pool = Pool.patient(settings, connections: 1, on: loop)
      defer { pool.close() }
      for round in 0..<5 {
        #expect(try await pool.value("SELECT 1 + $1::int", [.integer(round)], name: "sum") == "\(round + 1)")
        try await pool.run(script: round % 2 == 0 ? "DEALLOCATE ALL" : "DISCARD ALL")
      }
    }
  }

  /// Pipelined behind one another: the statement that cannot be prepared harms nobody else.
  @Test func recoverWhenManyAreUnderWay() async throws {
    let settings = try await TestPostgres.database()
    try await onLoop { loop in
      let pool = Pool.patient(settings, connections: 1, groups: 16, on: loop)
      defer { pool.close() }
      try await pool.run(script: "CREATE TABLE t (a int); INSERT INTO t VALUES (7)")
      _ = try await pool.value("SELECT * FROM t", name: "all")
      try await pool.run(script: "ALTER TABLE t ADD COLUMN b int")
      let answers = await sideBySide(12, on: loop) { _ in try? await pool.value("SELECT * FROM t", name: "all") }
      #expect(answers == Array(repeating: "7", count: 12))
    }
  }

  /// Every connection holds the plan that has become stale: the second try must not end at the next of them.
  @Test func recoverOnEveryConnection() async throws {
    let settings = try await TestPostgres.database()
    try await onLoop { loop in
      let pool = Pool.patient(settings, connections: 4, groups: 1, on: loop)
      defer { pool.close() }
      try await pool.run(script: "CREATE TABLE t (a int); INSERT INTO t VALUES (7)")
      for change in 0..<5 {
        let before = await sideBySide(16, on: loop) { _ in
          try? await pool.value("SELECT *, pg_sleep(0.01) FROM t", name: "all")
        }
        #expect(before == Array(repeating: "7", count: 16))
        try await pool.run(script: "ALTER TABLE t ADD COLUMN b\(change) int")
      }
    }
  }

  @Test func prepareOnlyOnce() async throws {
    let settings = try await TestPostgres.database()
    try await onLoop { loop in
      let pool = Pool.patient(settings, connections: 1, on: loop)
      defer { pool.close() }
      for _ in 0..<5 { _ = try await pool.value("SELECT 1", name: "one") }
      #expect(
        try await pool.value(
          "SELECT string_agg(name || ' ' || generic_plans + custom_plans, ',') FROM pg_prepared_statements")
          == "one 5")
    }
  }
}
