import EventLoop
import Postgres
import SQL
import TestSupport
import Testing

@Suite struct TransactionTests {
  /// PostgreSQL answers COMMIT with ROLLBACK there, and reports no error.
  @Test func aSwallowedErrorIsNoCommit() async throws {
    let settings = try await TestPostgres.database()
    try await onLoop { loop in
      let pool = Pool.patient(settings, connections: 1, on: loop)
      defer { pool.close() }
      try await pool.run(script: "CREATE TABLE t (a int PRIMARY KEY)")
      let error = await pool.failure { pool in
        try await pool.transaction { session in
          _ = try await session.query(Statement("INSERT INTO t VALUES (1)"))
          _ = try? await session.query(Statement("INSERT INTO t VALUES (1)"))
        }
      }
      #expect(error?.state?.description == "25P02")
      #expect(try await pool.value("SELECT count(*) FROM t") == "0")
    }
  }

  @Test func aSavepointSavesTheRest() async throws {
    let settings = try await TestPostgres.database()
    try await onLoop { loop in
      let pool = Pool.patient(settings, connections: 1, on: loop)
      defer { pool.close() }
      try await pool.run(script: "CREATE TABLE t (a int PRIMARY KEY)")
      try await pool.transaction { session in
        _ = try await session.query(Statement("INSERT INTO t VALUES (1)"))
        try await session.run(script: "SAVEPOINT s")
        let error = await failure {
          try await session.run(script: "INSERT INTO t VALUES (2); INSERT INTO t VALUES (1)")
        }
        #expect((error as? DatabaseError)?.state?.description == "23505")
        try await session.run(script: "ROLLBACK TO SAVEPOINT s")
        _ = try await session.query(Statement("INSERT INTO t VALUES (3)"))
      }
      #expect(try await pool.value("SELECT string_agg(a::text, ',' ORDER BY a) FROM t") == "1,3")
    }
  }

  /// A check that runs at COMMIT.
  @Test func aCommitThatFailsIsAnError() async throws {
    let settings = try await TestPostgres.database()
    try await onLoop { loop in
      let pool = Pool.patient(settings, connections: 1, on: loop)
      defer { pool.close() }
      try await pool.run(
        script: """
          CREATE TABLE p (a int PRIMARY KEY);
          CREATE TABLE c (a int REFERENCES p DEFERRABLE INITIALLY DEFERRED)
          """)
      let error = await pool.failure { pool in
        try await pool.transaction { _ = try await $0.query(Statement("INSERT INTO c VALUES (1)")) }
      }
      #expect(error?.state?.description == "23503")
      #expect(try await pool.value("SELECT count(*) FROM c") == "0")
    }
  }

  /// A connection that comes back with a transaction still open is not used again.
  @Test func anOpenTransactionDoesNotReachTheNext() async throws {
    let settings = try await TestPostgres.database()
    try await onLoop { loop in
      let pool = Pool.patient(settings, connections: 1, on: loop)
      defer { pool.close() }
      try await pool.run(script: "CREATE TABLE t (a int)")
      try await pool.withConnection { connection in
        _ = try await connection.query(Statement("BEGIN"))
        _ = try await connection.query(Statement("INSERT INTO t VALUES (1)"))
      }
      #expect(try await pool.value("SELECT count(*) FROM t") == "0")
    }
  }

  @Test func aScriptRunsAsAWholeOrNotAtAll() async throws {
    let settings = try await TestPostgres.database()
    try await onLoop { loop in
      let pool = Pool.patient(settings, connections: 1, on: loop)
      defer { pool.close() }
      try await pool.run(script: "CREATE TABLE t (a int); INSERT INTO t VALUES (1); ; INSERT INTO t VALUES (2)")
      let error = await pool.failure {
        try await $0.run(script: "INSERT INTO t VALUES (3); SELECT 1 / 0; INSERT INTO t VALUES (4)")
      }
      #expect(error?.state?.description == "22012")
      let backend = try await pool.backend()
      #expect(try await pool.value("SELECT string_agg(a::text, ',') FROM t") == "1,2")
      try await pool.run(script: "")
      try await pool.run(script: "-- nothing")
      #expect(try await pool.backend() == backend)
    }
  }
}
