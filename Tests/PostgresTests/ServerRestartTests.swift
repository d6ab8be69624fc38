import EventLoop
import Glibc
import Postgres
import PrivatePostgres
import SQL
import TestSupport
import Testing

@Suite(.serialized) struct ServerRestartTests {
  /// How soon full service is back once the server answers.
  private static let recoveryMillisecondsMax = 5_000

  /// The pool would let a request wait for ten minutes: what fails sooner was refused because the server is away.
  @Test func isUnavailableAtOnceAndRecoversByItself() async throws {
    try await OwnServer.withFolder { folder in
      try await onLoop { loop in
        var server: PrivatePostgres? = try await PrivatePostgres.start(in: folder, on: loop)
        let settings = try #require(server).settings(statementMillisecondsMax: 5_000)
        let pool = Pool.patient(settings, connections: 3, on: loop)
        defer { pool.close() }
        #expect(await eventually(on: loop) { (try? await pool.value("SELECT 1")) == "1" })
        for round in 1...2 {
          await server?.stop()
          server = nil
          #expect(await eventually(on: loop) { !pool.isConnected })
          let causes = await sideBySide(300, on: loop) { index in
            await pool.failure { pool in
              if index % 3 == 0 { try await pool.run(script: "SELECT 1") } else { _ = try await pool.value("SELECT 1") }
            }?.cause
          }
          #expect(causes.allSatisfy { $0 == .unavailable }, "round \(round)")

          server = try await PrivatePostgres.start(in: folder, on: loop)
          let isBack = await eventually(on: loop, withinMilliseconds: Self.recoveryMillisecondsMax) {
            (try? await pool.value("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'switchyard'"))
              == "3"
          }
          #expect(isBack, "round \(round)")
        }
        await server?.stop()
      }
    }
  }

  /// Every answer under load is right, or says that the database is not there.
  @Test(arguments: [SIGINT, SIGQUIT, SIGKILL]) func answersAreRightOrRefused(_ signal: Int32) async throws {
    try await OwnServer.withFolder { folder in
      try await onLoop { loop in
        var server: PrivatePostgres? = try await PrivatePostgres.start(in: folder, on: loop)
        let settings = try #require(server).settings(statementMillisecondsMax: 5_000)
        let pool = Pool.patient(settings, connections: 3, on: loop)
        defer { pool.close() }
        try await pool.run(script: "CREATE TABLE t (a int); INSERT INTO t VALUES (1)")
        var answered = 0
        var isOver = false
        var wrong: [String] = []
        loop.spawn {
          _ = await sideBySide(8, on: loop) { index in
            while !isOver {
              do {
                let text = index % 2 == 0 ? "SELECT a + $1::int FROM t" : "SELECT a + $1::int, pg_sleep(0.01) FROM t"
                let answer = try await pool.value(text, [.integer(index)], name: "load\(index % 2)")
                if answer == "\(index + 1)" { answered += 1 } else { wrong.append(answer ?? "nothing") }
              } catch let error as DatabaseError {
                if error.cause != .unavailable, error.cause != .connectionLost { wrong.append("\(error)") }
                await loop.sleep(milliseconds: 5)
              } catch { wrong.append("\(error)") }
            }
          }
        }
        for _ in 0..<2 {
          let before = answered
          #expect(await eventually(on: loop) { answered > before + 100 })
          if let pid = server?.pid { kill(pid, signal) }
          await server?.stop()
          server = nil
          server = try await PrivatePostgres.start(in: folder, on: loop)
        }
        let before = answered
        #expect(
          await eventually(on: loop, withinMilliseconds: Self.recoveryMillisecondsMax) { answered > before + 100 })
        isOver = true
        #expect(wrong.isEmpty, "\(Set(wrong))")
        await server?.stop()
      }
    }
  }
}
