import EventLoop
import Postgres
import SQL
import TestSupport
import Testing

@Suite struct SnapshotTests {
  private static func count(_ session: any Session) async throws -> String? {
    try await session.read([
      (Statement(name: "one", "SELECT 1"), []), (Statement(name: "count", "SELECT count(*) FROM t"), []),
    ])[1].string(row: 0, column: 0)
  }

  @Test("all reads are of the moment of the first, and writes are refused")
  func oneMoment() async throws {
    let settings = try await TestPostgres.database()
    try await onLoop { loop in
      let pool = Pool.patient(settings, connections: 2, on: loop)
      defer { pool.close() }
      try await pool.run(script: "CREATE TABLE t (a int)")
      let counts = try await pool.snapshot { session in
        var counts = [try await Self.count(session)]
        _ = try await pool.query(Statement("INSERT INTO t VALUES (1)"))
        counts.append(try await Self.count(session))
        return counts
      }
      #expect(counts == ["0", "0"])
      #expect(try await pool.snapshot { try await Self.count($0) } == "1")
      let error = await pool.failure { pool in
        try await pool.snapshot { _ = try await $0.query(Statement("INSERT INTO t VALUES (1)")) }
      }
      #expect(error?.state?.description == "25006")
    }
  }

  @Test("whatever fails in it, its connection serves on, with nothing left open")
  func leavesNothing() async throws {
    let settings = try await TestPostgres.database()
    try await onLoop { loop in
      let pool = Pool.patient(settings, connections: 1, on: loop)
      defer { pool.close() }
      try await pool.run(script: "CREATE TABLE t (a int)")
      let backend = try await pool.value("SELECT pg_backend_pid()")
      for place in 0..<3 {
        let error = await pool.failure { pool in
          try await pool.snapshot { session in
            for step in 0..<3 {
              _ = try await session.query(
                Statement(step == place ? "SELECT 1 / 0" : "SELECT set_config('a.b', '1', true)"))
            }
          }
        }
        #expect(error?.state?.description == "22012")
        try await pool.snapshot { _ in }
        try await pool.snapshot { _ = try? await $0.query(Statement("SELECT 1 / 0")) }
        #expect(try await pool.value("SELECT coalesce(current_setting('a.b', true), '')") == "")
        #expect(try await pool.value("SELECT pg_backend_pid()") == backend)
        _ = try await pool.query(Statement("INSERT INTO t VALUES (1)"))
      }
      #expect(try await pool.value("SELECT count(*) FROM t") == "3")
    }
  }

  @Test("its script begins it too")
  func script() async throws {
    let settings = try await TestPostgres.database()
    try await onLoop { loop in
      let pool = Pool.patient(settings, connections: 1, on: loop)
      defer { pool.close() }
      let level = try await pool.snapshot { session in
        try await session.run(script: "SET LOCAL a.b = '1'")
        return try await session.query(Statement("SHOW transaction_isolation")).string(row: 0, column: 0)
      }
      #expect(level == "repeatable read")
    }
  }
}
