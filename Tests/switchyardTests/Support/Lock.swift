import EventLoop
import Postgres
import SQL

/// What nobody else can take meanwhile.
struct Lock {
  private let releasing: AsyncStream<Void>.Continuation
  private let end: Task<Void, any Error>

  /// A table, also from its readers.
  static func take(_ table: String, of database: ServerDatabase) async throws -> Lock {
    try await take(by: "LOCK TABLE \(table) IN ACCESS EXCLUSIVE MODE", of: database)
  }

  static func take(by statement: String, of database: ServerDatabase) async throws -> Lock {
    let (releases, releasing) = AsyncStream<Void>.makeStream()
    let (takes, taking) = AsyncStream<Void>.makeStream()
    let settings = database.settings
    let thread = try LoopThread()
    let end = Task {
      try await thread.loop.run { loop in
        defer { taking.finish() }
        let connection = try await Connection.open(settings, on: loop)
        defer { connection.close() }
        _ = try await connection.query(Statement("BEGIN"))
        _ = try await connection.query(Statement(statement))
        taking.yield()
        for await _ in releases { break }
        _ = try await connection.query(Statement("COMMIT"))
      }
      await thread.loop.stop()
    }
    for await _ in takes { break }
    return Lock(releasing: releasing, end: end)
  }

  func release() async {
    releasing.yield()
    releasing.finish()
    _ = try? await end.value
  }
}
