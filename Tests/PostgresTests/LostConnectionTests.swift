import EventLoop
import Glibc
import Postgres
import SQL
import TestSupport
import Testing

@Suite struct LostConnectionTests {
  private static func terminate(_ settings: ConnectionSettings, _ which: String, on loop: EventLoop) async throws {
    let killer = try await Connection.open(settings, on: loop)
    defer { killer.close() }
    _ = try await killer.query(
      Statement(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND \(which)"
      ))
  }

  @Test func aReadAfterAnIdleLossSucceeds() async throws {
    let settings = try await TestPostgres.database()
    try await onLoop { loop in
      let pool = Pool.patient(settings, connections: 3, on: loop)
      defer { pool.close() }
      for round in 0..<10 {
        #expect(try await pool.value("SELECT \(round)") == "\(round)")
        try await Self.terminate(settings, "true", on: loop)
      }
      #expect(await eventually(on: loop) { (try? await pool.value("SELECT 1")) == "1" })
    }
  }

  /// Reads that a killed server process was busy with are asked once more.
  @Test func readsUnderWaySucceed() async throws {
    let settings = try await TestPostgres.database()
    try await onLoop { loop in
      let pool = Pool.patient(settings, connections: 2, groups: 2, on: loop)
      defer { pool.close() }
      try await pool.run(script: "CREATE TABLE gate (a int)")
      let gate = try await Connection.open(settings, on: loop)
      defer { gate.close() }
      _ = try await gate.query(Statement("BEGIN"))
      _ = try await gate.query(Statement("LOCK TABLE gate"))
      loop.spawn {
        // Two at work, two behind them, the rest in the queue.
        let isStuck = await eventually(on: loop) {
          (try? await gate.query(Statement("SELECT count(*) FROM pg_locks WHERE NOT granted")).integer(
            row: 0, column: 0)) == 2
        }
        #expect(isStuck)
        try? await Self.terminate(settings, "wait_event_type = 'Lock'", on: loop)
        _ = try? await gate.query(Statement("COMMIT"))
      }
      let answers = await sideBySide(40, on: loop) { index in
        do { return try await pool.value("SELECT \(index) + count(*) FROM gate") } catch { return "\(error)" }
      }
      #expect(answers == (0..<40).map(String.init))
    }
  }

  /// One of two connections breaks: its replacement the queue waits for the other, and is not refused.
  @Test func theQueueOutlivesAConnection() async throws {
    let settings = try await TestPostgres.database()
    try await onLoop { loop in
      let pool = Pool.patient(settings, connections: 2, groups: 1, on: loop)
      defer { pool.close() }
      try await pool.run(script: "CREATE TABLE gate (a int)")
      let gate = try await Connection.open(settings, on: loop)
      defer { gate.close() }
      _ = try await gate.query(Statement("BEGIN"))
      _ = try await gate.query(Statement("LOCK TABLE gate"))
      loop.spawn {
        let isStuck = await eventually(on: loop) {
          (try? await gate.query(Statement("SELECT count(*) FROM pg_locks WHERE NOT granted")).integer(
            row: 0, column: 0)) == 2
        }
        #expect(isStuck)
        try? await Self.terminate(
          settings, "pid = (SELECT min(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock')", on: loop)
        _ = try? await gate.query(Statement("COMMIT"))
      }
      let answers = await sideBySide(30, on: loop) { index in
        do { return try await pool.value("SELECT \(index) + count(*) FROM gate") } catch { return "\(error)" }
      }
      #expect(answers == (0..<30).map(String.init))
    }
  }

  @Test func aTransactionFailsAndLeavesNothing() async throws {
    let settings = try await TestPostgres.database()
    try await onLoop { loop in
      let pool = Pool.patient(settings, connections: 2, on: loop)
      defer { pool.close() }
      try await pool.run(script: "CREATE TABLE t (a int)")
      for _ in 0..<3 {
        var runs = 0
        let error = await pool.failure { pool in
          try await pool.transaction { session in
            runs += 1
            _ = try await session.query(Statement("INSERT INTO t VALUES (1)"))
            try await Self.terminate(settings, "pid = \(try await session.backend())", on: loop)
            _ = try await session.query(Statement("INSERT INTO t VALUES (2)"))
          }
        }
        // Whether the loss was noticed before the next statement was sent is chance.
        #expect(error?.cause == .connectionLost || error?.cause == .unavailable)
        #expect(runs == 1)
        #expect(try await pool.value("SELECT count(*) FROM t") == "0")
      }
      try await pool.transaction { _ = try await $0.query(Statement("INSERT INTO t VALUES (3)")) }
      #expect(try await pool.value("SELECT sum(a) FROM t") == "3")
    }
  }

  /// Nothing that was lost stays behind on the server, and the pool has all its connections again.
  @Test func thePoolIsWholeAgain() async throws {
    let settings = try await TestPostgres.database()
    try await onLoop { loop in
      let pool = Pool.patient(settings, connections: 4, on: loop)
      defer { pool.close() }
      let count = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
      for _ in 0..<3 {
        #expect(await eventually(on: loop) { (try? await pool.value(count)) == "4" })
        try await Self.terminate(settings, "true", on: loop)
      }
      #expect(await eventually(on: loop) { (try? await pool.value(count)) == "4" })
    }
  }

  /// All server processes die under load, again and again: no read fails.
  @Test func readsUnderLoadSucceedWhenAllConnectionsBreak() async throws {
    let settings = try await TestPostgres.database()
    try await onLoop { loop in
      let pool = Pool.patient(settings, connections: 4, on: loop)
      defer { pool.close() }
      #expect(await eventually(on: loop) { (try? await pool.value("SELECT 1")) == "1" })
      var isOver = false
      var failures: [String] = []
      let readers = 16
      var hasAnswered: Set<Int> = []
      loop.spawn {
        for _ in 0..<10 {
          // A read that is asked again on a new connection must not meet another loss there.
          hasAnswered = []
          #expect(await eventually(on: loop, withinMilliseconds: 60_000) { hasAnswered.count == readers })
          try? await Self.terminate(settings, "true", on: loop)
        }
        isOver = true
      }
      _ = await sideBySide(readers, on: loop) { index in
        while !isOver {
          do {
            let answer = try await pool.value("SELECT $1::int", [.integer(index)], name: "load")
            if answer != "\(index)" { failures.append("\(index): \(answer ?? "nothing")") }
            hasAnswered.insert(index)
          } catch { failures.append("\(error)") }
        }
      }
      #expect(failures.isEmpty, "\(Set(failures))")
    }
  }
}
