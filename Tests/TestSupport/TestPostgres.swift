import EventLoop
import Foundation
import Glibc
package import Postgres
import PrivatePostgres
import SQL
import Synchronization

/// A PostgreSQL server for this test run: started at its first use, gone with the process.
package enum TestPostgres {
  private static let server = Task { () -> ConnectionSettings in
    let loop = try LoopThread().loop
    return try await withCheckedThrowingContinuation { started in
      loop.submit { loop in
        do {
          let parameters = ["fsync": "off", "max_connections": "400", "shared_buffers": "256MB"]
          let server = try await PrivatePostgres.start(in: folder, parameters: parameters, on: loop)
          pid.store(server.pid ?? 0, ordering: .relaxed)
          atexit { TestPostgres.remove() }
          started.resume(returning: server.settings(statementMillisecondsMax: 60_000))
          while server.isOurs { await loop.sleep(milliseconds: 1_000_000) }
        } catch {
          started.resume(throwing: error)
        }
      }
    }
  }

  private static let folder = ScratchFolder.path("tests")
  private static let pid = Atomic<Int32>(0)

  /// A new, empty database on it.
  package static func database() async throws -> ConnectionSettings {
    let settings = try await server.value
    let name = "test_\(UUID().uuidString.lowercased().replacing("-", with: ""))"
    try await onLoop { loop in
      let connection = try await Connection.open(settings, on: loop)
      defer { connection.close() }
      _ = try await connection.query(Statement("CREATE DATABASE \(name)"))
    }
    return settings.with(database: name, statementMillisecondsMax: 60_000)
  }

  /// A new, empty database, and its URL for a process of its own.
  package static func databaseWithURL() async throws -> (ConnectionSettings, url: String) {
    let settings = try await database()
    let name = try await onLoop { loop in
      let connection = try await Connection.open(settings, on: loop)
      defer { connection.close() }
      return try await connection.query(Statement("SELECT current_database()")).string(row: 0, column: 0) ?? ""
    }
    return (settings, "postgresql://switchyard@/\(name)?host=\(folder)/socket")
  }

  private static func remove() {
    let server = pid.load(ordering: .relaxed)
    if server > 0 {
      kill(server, SIGQUIT)
      waitpid(server, nil, 0)
    }
    try? FileManager.default.removeItem(atPath: folder)
  }
}
