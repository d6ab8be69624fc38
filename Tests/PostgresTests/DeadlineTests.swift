import EventLoop
import Glibc
import Postgres
import SQL
import TestSupport
import Testing

@Suite struct DeadlineTests {
  @Test func theServerEndsAStatementThatTakesTooLong() async throws {
    let settings = try await TestPostgres.database().with(statementMillisecondsMax: 200)
    try await onLoop { loop async throws in
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

  enum Way: CaseIterable { case read, transaction, script }

  /// A server process that hangs does not even hear of its own time limit.
  @Test(arguments: Way.allCases) func weGiveUpAServerThatHangs(_ way: Way) async throws {
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
      var refused = 0
      var isLent = false
      loop.spawn {
        try? await pool.withConnection { _ in
          isLent = true
          #expect(await eventually(on: loop) { refused == 7 })
        }
      }
      #expect(await eventually(on: loop) { isLent })
      let causes = await sideBySide(10, on: loop) { index in
        let error = await pool.failure { _ = try await $0.value("SELECT \(index)") }
        if error != nil { refused += 1 }
        return error?.cause
      }
      #expect(causes.prefix(3).allSatisfy { $0 == nil })
      #expect(causes.dropFirst(3).allSatisfy { $0 == .unavailable })
    }
  }

  @Test func whatWaitsTooLongIsRefused() async throws {
    let settings = try await TestPostgres.database()
    try await onLoop { loop in
      var limits = PoolLimits(connectionsMax: 1)
      limits.waitMillisecondsMax = 50
      let pool = Pool(settings, limits: limits, on: loop)
      defer { pool.close() }
      #expect(await eventually(on: loop) { pool.isConnected })
      let causes = try await pool.withConnection { _ in
        let read = await pool.failure { _ = try await $0.value("SELECT 1") }
        let transaction = await pool.failure { try await $0.run(script: "SELECT 1") }
        return [read?.cause, transaction?.cause]
      }
      #expect(causes == [.unavailable, .unavailable])
    }
  }

  /// Whoever waits when the pool closes, or asks later, is told; nobody waits for ever.
  @Test func closingRefusesWhatWaitsAndWhatComes() async throws {
    let settings = try await TestPostgres.database()
    try await onLoop { loop in
      let pool = Pool.patient(settings, connections: 1, on: loop)
      loop.spawn {
        try? await pool.withConnection { _ in await loop.sleep(milliseconds: 50) }
        pool.close()
      }
      #expect(await eventually(on: loop) { pool.isConnected })
      let causes = await sideBySide(6, on: loop) { index in
        await pool.failure { pool in
          if index % 2 == 0 {
            _ = try await pool.value("SELECT pg_sleep(60)")
          } else {
            try await pool.transaction { _ = try await $0.query(Statement("SELECT pg_sleep(60)")) }
          }
        }?.cause
      }
      #expect(causes.allSatisfy { $0 == .unavailable || $0 == .connectionLost }, "\(causes)")
      let read = await pool.failure { _ = try await $0.value("SELECT 1") }
      let script = await pool.failure { try await $0.run(script: "SELECT 1") }
      #expect([read?.cause, script?.cause] == [.unavailable, .unavailable])
    }
  }
}
