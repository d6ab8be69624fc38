import EventLoop
import Postgres
import SQL
import Testing

extension Pool {
  /// A pool whose requests never wait too long, so that a refusal has another cause.
  static func patient(
    _ settings: ConnectionSettings, connections: Int, groups: Int = 4, queue: Int = 256, on loop: EventLoop
  )
    -> Pool
  {
    var limits = PoolLimits(connectionsMax: connections)
    limits.groupsPerConnectionMax = groups
    limits.queueMax = queue
    limits.waitMillisecondsMax = 600_000
    return Pool(settings, limits: limits, on: loop)
  }

  func value(_ text: String, _ binds: [Bind] = [], name: String? = nil) async throws(DatabaseError) -> String? {
    let rows = try await query(Statement(name: name, text), binds)
    return rows.isEmpty ? nil : rows.string(row: 0, column: 0)
  }

  /// What `body` fails with.
  func failure(_ body: (Pool) async throws -> Void) async -> DatabaseError? {
    do {
      try await body(self)
      return nil
    } catch { return error as? DatabaseError }
  }
}

extension Session {
  /// The process that serves this session.
  func backend() async throws -> Int32 {
    let rows = try await query(Statement("SELECT pg_backend_pid()"))
    return Int32(try #require(rows.integer(row: 0, column: 0)))
  }
}
