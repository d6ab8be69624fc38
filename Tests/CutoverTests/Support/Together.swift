import EventLoop
import Postgres
import SQL
import TestSupport

/// Runs `body` in `count` processes, as it were: each on a loop of its own, with a pool of its own.
func atOnce<Result: Sendable>(
  _ count: Int, on settings: ConnectionSettings, _ body: @escaping @Sendable (Stage) async throws -> Result
) async throws -> [Result] {
  try await withThrowingTaskGroup(of: Result.self) { group in
    for _ in 0..<count {
      group.addTask {
        try await onLoop { loop in
          let stage = try await Stage.join(settings, on: loop, connections: 1)
          defer { stage.close() }
          return try await body(stage)
        }
      }
    }
    return try await group.reduce(into: []) { $0.append($1) }
  }
}

extension Stage {
  /// A transaction of somebody else, left open.
  func hold(_ statements: String..., on loop: EventLoop) async throws -> Connection {
    let connection = try await Connection.open(settings, on: loop)
    _ = try await connection.query(Statement("BEGIN"))
    for statement in statements { _ = try await connection.query(Statement(statement)) }
    return connection
  }
}

extension Connection {
  func commit() async throws {
    _ = try await query(Statement("COMMIT"))
    close()
  }
}

/// What `body` throws. `#expect(throws:)` would run it off the loop.
func failure<Result>(of body: () async throws -> Result) async -> (any Error)? {
  do { _ = try await body() } catch { return error }
  return nil
}
