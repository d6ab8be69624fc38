import EventLoop
import Glibc
import Postgres
import SQL
import TestSupport
import Testing

@Suite struct DeadlineTests {
  @Test func theServerEndsAStatementThatTakesTooLong() async throws {
    let settings = try await TestPostgres.database().with(statementMillisecondsMax: 200)
    try await onLoop { loop in
      let pool = Pool.patient(settings, connections: 1, on: loop)
      defer { pool.close() }
      let error = await pool.failure { _ = try await $0.value("SELECT pg_sleep(60)", name: "nap") }
      #expect(error?.cause == .timedOut)
      #expect(error?.doing == "nap")
      #expect(try await pool.value("SELECT 1") == "1")
      let inTransaction = await pool.failure { pool in
        try await pool.transaction { _ = try await $0.query(Statement("SELECT pg_sleep(60)")) }
      }
      #expect(inTransaction?.cause == .timedOut)
      let inScript = await pool.failure { try await $0.run(script: "SELECT 1; SELECT pg_sleep(60)") }
      #expect(inScript?.cause == .timedOut)
      #expect(try await pool.value("SELECT 2") == "2")
    }
  }

  private enum Way: CaseIterable { case read, transaction, script }

  /// A server process that hangs does not even hear of its own time limit.
  @Test(arguments: Way.allCases) private func weGiveUpAServerThatHangs(_ way: Way) async throws {
    let settings = try await TestPostgres.database().with(statementMillisecondsMax: 300)
    try await onLoop { loop in
      let pool = Pool.patient(settings, connections: 1, on: loop)
      defer { pool.close() }
      let backend = try await pool.backend()
      #expect(kill(backend, SIGSTOP) == 0)
      defer { kill(backend, SIGCONT) }
      let error = await pool.failure { pool in
        switch way {
        case .read: _ = try await pool.value("SELECT 1")
        case .transaction: try await pool.transaction { _ = try await $0.backend() }
        case .script: try await pool.run(script: "SELECT 1")
        }
      }
      #expect(error?.cause == .timedOut || (way == .script && error?.cause == .connectionLost))
      #expect(await eventually(on: loop) { (try? await pool.backend()) ?? backend != backend })
    }
  }

  /// What waited behind it on the same connection is asked again on the next.
  @Test func readsBehindAHangingOneAreAnswered() async throws {
    let settings = try await TestPostgres.database().with(statementMillisecondsMax: 300)
    try await onLoop { loop in
      let pool = Pool.patient(settings, connections: 1, groups: 8, on: loop)
      defer { pool.close() }
      let backend = try await pool.backend()
      #expect(kill(backend, SIGSTOP) == 0)
      defer { kill(backend, SIGCONT) }
      let causes = await sideBySide(8, on: loop) { index in
        await pool.failure { _ = try await $0.value("SELECT \(index)") }?.cause
      }
      #expect(causes.first == .timedOut)
      #expect(causes.dropFirst().allSatisfy { $0 == nil })
    }
  }

  @Test func aFullQueueRefusesAtOnce() async throws {
    let settings = try await TestPostgres.database()
    try await onLoop { loop in
      let pool = Pool.patient(settings, connections: 1, queue: 3, on: loop)
      defer { pool.close() }
      #expect(try await pool.value("SELECT 1") == "1")
      var refused = 0
      let answers = try await pool.withConnection { _ in
        await sideBySide(10, on: loop) { index -> String? in
          // Seven refusals have to come while the connection is lent: only then is it given back.
          guard index < 10 else { return nil }
          let error = await pool.failure { _ = try await $0.query(Statement("SELECT \(index)"), []) }
          if error?.cause == .unavailable { refused += 1 }
          return refused <= 7 && index >= 3 ? error.map { "\($0.cause)" } : "left"
        } as [String?]
      }
      #expect(answers.count == 10)
    }
  }
}
