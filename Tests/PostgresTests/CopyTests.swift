import EventLoop
import Postgres
import SQL
import TestSupport
import Testing

@Suite struct CopyTests {
  private static let copy = Statement("COPY t FROM STDIN")

  private struct Stop: Error {}

  /// Runs `body` with a connection to a database that holds an empty table `t (a int, b text)`.
  private static func withTable(_ body: @escaping @Sendable (Connection, EventLoop) async throws -> Void) async throws {
    let settings = try await TestPostgres.database()
    try await onLoop { loop in
      let connection = try await Connection.open(settings, on: loop)
      defer { connection.close() }
      try await connection.run(script: "CREATE TABLE t (a int, b text)")
      try await body(connection, loop)
      #expect(connection.isClean)
      #expect(try await connection.query(Statement("SELECT 42")).integer(row: 0, column: 0) == 42)
    }
  }

  private static func count(_ connection: Connection) async throws -> Int? {
    try await connection.query(Statement("SELECT count(*) FROM t")).integer(row: 0, column: 0)
  }

  /// Chunks cut anywhere, much more than a socket holds, from a source that is slow now and then.
  @Test func streams() async throws {
    try await Self.withTable { connection, loop in
      let text = Array((0..<300_000).map { "\($0)\tname number \($0)\n" }.joined().utf8)
      var next = 0
      var chunk = 0
      let rows = try await connection.copy(Self.copy) {
        chunk += 1
        if chunk % 50 == 0 { await loop.sleep(milliseconds: 1) }
        guard next < text.count else { return nil }
        let end = min(text.count, next + 1 + chunk * 7_919 % 200_000)
        defer { next = end }
        return Array(text[next..<end])
      }
      #expect(rows == 300_000)
      let sum = try await connection.query(Statement("SELECT sum(a) FROM t")).integer(row: 0, column: 0)
      #expect(sum == (0..<300_000).reduce(0, +))
    }
  }

  @Test func takesNoRowsAtAll() async throws {
    try await Self.withTable { connection, _ async throws in
      #expect(try await connection.copy(Self.copy) { nil } == 0)
      var chunks: [[UInt8]] = [[], Array("1\tx\n".utf8), []]
      #expect(try await connection.copy(Self.copy) { chunks.isEmpty ? nil : chunks.removeFirst() } == 1)
    }
  }

  @Test(arguments: 0...4) func aSourceThatFailsLeavesNothing(afterChunks good: Int) async throws {
    try await Self.withTable { connection, _ async throws in
      var left = good
      let error = await failure {
        _ = try await connection.copy(Self.copy) {
          left -= 1
          guard left >= 0 else { throw Stop() }
          return Array("1\tx\n".utf8)
        }
      }
      #expect(error is Stop)
      #expect(try await Self.count(connection) == 0)
    }
  }

  @Test(arguments: [0, 1, 500]) func aBadRowIsAnError(afterChunks good: Int) async throws {
    try await Self.withTable { connection, _ in
      var chunk = 0
      do {
        _ = try await connection.copy(Self.copy) {
          chunk += 1
          if chunk == good + 1 { return Array("MARKER-77\tx\n".utf8) }
          return chunk > good + 500
            ? nil : Array(repeating: Array("1\tlong enough to fill some buffers\n".utf8), count: 100).flatMap { $0 }
        }
        Issue.record("the bad row was taken")
      } catch let error as DatabaseError {
        #expect(error.state?.description == "22P02")
        #expect(!error.description.contains("MARKER"))
      }
      #expect(try await Self.count(connection) == 0)
    }
  }

  @Test func anUnknownTableIsAnError() async throws {
    try await Self.withTable { connection, _ in
      let error = await failure {
        _ = try await connection.copy(Statement("COPY nowhere FROM STDIN")) {
          Issue.record("asked for rows")
          return nil
        }
      }
      #expect((error as? DatabaseError)?.state == .undefinedTable)
    }
  }

  @Test func rollsBackWithItsTransaction() async throws {
    try await Self.withTable { connection, _ in
      _ = try await connection.query(Statement("BEGIN"))
      var chunks = [Array("1\tx\n".utf8)]
      #expect(try await connection.copy(Self.copy) { chunks.popLast() } == 1)
      #expect(try await Self.count(connection) == 1)
      _ = try await connection.query(Statement("ROLLBACK"))
      #expect(try await Self.count(connection) == 0)
    }
  }

  @Test func aServerThatGoesAwayIsAnError() async throws {
    let settings = try await TestPostgres.database()
    try await onLoop { loop in
      let killer = try await Connection.open(settings, on: loop)
      defer { killer.close() }
      let connection = try await Connection.open(settings, on: loop)
      defer { connection.close() }
      try await connection.run(script: "CREATE TABLE t (a int, b text)")
      let backend = try await connection.backend()
      var chunk = 0
      do {
        _ = try await connection.copy(Self.copy) {
          chunk += 1
          if chunk == 3 { _ = try await killer.query(Statement("SELECT pg_terminate_backend(\(backend))")) }
          return chunk > 2_000 ? nil : [UInt8](repeating: UInt8(ascii: "1"), count: 9_999) + Array("\tx\n".utf8)
        }
        Issue.record("copied to nobody")
      } catch { #expect((error as? DatabaseError)?.cause == .connectionLost) }
      #expect(!connection.isOpen)
      #expect(try await killer.query(Statement("SELECT count(*) FROM t")).integer(row: 0, column: 0) == 0)
    }
  }

  /// While a copy runs, the connection takes nothing else, and the copy does not suffer.
  @Test func refusesOthersMeanwhile() async throws {
    try await Self.withTable { connection, _ in
      var chunks = [Array("1\tx\n".utf8)]
      let rows = try await connection.copy(Self.copy) {
        let query = await failure { _ = try await connection.query(Statement("SELECT 1")) }
        let script = await failure { try await connection.run(script: "SELECT 1") }
        #expect([query, script].allSatisfy { ($0 as? DatabaseError)?.cause == .unavailable })
        return chunks.popLast()
      }
      #expect(rows == 1)
    }
  }
}
