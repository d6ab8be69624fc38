import EventLoop
import Postgres
import SQL
import TestSupport
import Testing

@Suite struct ConnectionTests {
  @Test func answersRowsAsText() async throws {
    let settings = try await TestPostgres.database()
    try await onLoop { loop in
      let connection = try await Connection.open(settings, on: loop)
      defer { connection.close() }
      let rows = try await connection.query(
        Statement(name: "probe", "SELECT $1::int + 1, $2::text, NULL::text, 33.30::numeric, true, '[1]'::jsonb"),
        [.integer(41), .text("Käuzli \"x\"")])
      #expect(rows.count == 1)
      #expect(rows.string(row: 0, column: 0) == "42")
      #expect(rows.string(row: 0, column: 1) == "Käuzli \"x\"")
      #expect(rows.isNull(row: 0, column: 2))
      #expect(rows.string(row: 0, column: 3) == "33.30")
      #expect(rows.columns.map(\.form) == [.number, .text, .text, .number, .boolean, .json])
    }
  }

  @Test func oneFailureLeavesItsNeighboursAlone() async throws {
    let settings = try await TestPostgres.database()
    try await onLoop { loop in
      let pool = Pool.patient(settings, connections: 1, on: loop)
      defer { pool.close() }
      let outcomes = await withCheckedContinuation { (continuation: CheckedContinuation<[String], Never>) in
        var outcomes: [String] = []
        for index in 0..<10 {
          loop.spawn {
            let text = index % 3 == 1 ? "SELECT 1 / ($1::int - $1::int)" : "SELECT $1::int"
            do {
              let rows = try await pool.query(Statement(name: "q\(index % 3)", text), [.integer(index)])
              outcomes.append(rows.string(row: 0, column: 0) ?? "null")
            } catch let error as DatabaseError { outcomes.append(error.state?.description ?? "?") } catch {}
            if outcomes.count == 10 { continuation.resume(returning: outcomes) }
          }
        }
      }
      #expect(outcomes.filter { $0 == "22012" }.count == 3)
      #expect(Set(outcomes) == ["22012", "0", "2", "3", "5", "6", "8", "9"])
    }
  }

  @Test func copiesIn() async throws {
    let settings = try await TestPostgres.database()
    try await onLoop { loop in
      let pool = Pool.patient(settings, connections: 2, on: loop)
      defer { pool.close() }
      _ = try await pool.query(Statement("CREATE TABLE t (a int, b text)"))
      let copied = try await pool.withConnection { connection in
        var chunk = 0
        return try await connection.copy(Statement("COPY t FROM STDIN")) {
          chunk += 1
          return chunk > 100 ? nil : Array((0..<1000).map { "\($0)\tname \(chunk)\n" }.joined().utf8)
        }
      }
      #expect(copied == 100_000)
      #expect(try await pool.query(Statement("SELECT count(*), sum(a) FROM t")).string(row: 0, column: 1) == "49950000")
    }
  }

  @Test func rollsBackWhatThrows() async throws {
    struct Stop: Error {}
    let settings = try await TestPostgres.database()
    try await onLoop { loop in
      let pool = Pool.patient(settings, connections: 1, on: loop)
      defer { pool.close() }
      _ = try await pool.query(Statement("CREATE TABLE t (a int)"))
      let error = await failure {
        try await pool.transaction { session in
          _ = try await session.query(Statement("INSERT INTO t VALUES (1)"))
          throw Stop()
        }
      }
      #expect(error is Stop)
      try await pool.transaction { session in _ = try await session.query(Statement("INSERT INTO t VALUES (2)")) }
      #expect(
        try await pool.query(Statement("SELECT string_agg(a::text, ',') FROM t")).string(row: 0, column: 0) == "2")
    }
  }
}
