import EventLoop
import Migration
import Postgres
import SQL
import TestSupport
import Testing

/// A program's connection, whose transaction a test begins and ends when it wants.
struct StageSession<Stage: MigrationStage> {
  let stage: Stage
  let connection: Connection

  static func open(_ stage: Stage) async throws -> Self {
    Self(stage: stage, connection: try await Connection.open(stage.settings, on: stage.loop))
  }

  func close() { connection.close() }

  /// Fails where it has to wait for another transaction's end.
  func begin(_ isolation: String = "READ COMMITTED") async throws {
    try await run("BEGIN ISOLATION LEVEL \(isolation)")
    // What it writes is copied after each statement, and not when it commits.
    _ = try await connection.query(Migration.drainNow)
    try await run("SET LOCAL lock_timeout = '2s'")
  }

  func run(_ statement: String) async throws {
    _ = try await connection.query(Statement(stage.schema.place(in: statement)))
  }

  func commit() async throws { try await run("COMMIT") }
  func rollBack() async throws { try await run("ROLLBACK") }

  /// The new tables as the transaction itself sees them.
  func expectFollowed(_ what: String = "", sourceLocation: SourceLocation = #_sourceLocation) async throws {
    let lines = try await stage.newLines(in: connection)
    expect(lines, are: try await stage.model(in: connection).lines, what, sourceLocation: sourceLocation)
  }

  func queued() async throws -> [Int: String] { try await stage.queued(in: connection) }
}
