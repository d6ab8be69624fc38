import EventLoop
import Foundation
package import Postgres
import SQL

/// Databases of this test run.
package enum TestPostgres {
  /// A new, empty database.
  package static func database(on server: TestServer = .installed) async throws -> ConnectionSettings {
    let settings = try await server.settings
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
    let server = TestServer.installed
    let settings = try await database(on: server)
    let name = try await onLoop { loop in
      let connection = try await Connection.open(settings, on: loop)
      defer { connection.close() }
      return try await connection.query(Statement("SELECT current_database()")).string(row: 0, column: 0) ?? ""
    }
    return (settings, "postgresql://switchyard@/\(name)?host=\(server.folder)/socket")
  }

  /// One of its databases, for another role.
  package static func settings(of database: String, as role: String) -> ConnectionSettings {
    ConnectionSettings(
      socketDirectory: "\(TestServer.installed.folder)/socket", user: role, database: database,
      statementMillisecondsMax: 60_000)
  }

  /// A new, empty database, as its owner sees it, who may make roles and no extensions; and as an administrator does.
  package static func databaseOfItsOwner(
    on server: TestServer
  ) async throws -> (owner: ConnectionSettings, administrator: ConnectionSettings) {
    let administrator = try await database(on: server)
    let name = try await onLoop { loop in
      let connection = try await Connection.open(administrator, on: loop)
      defer { connection.close() }
      let name = try await connection.query(Statement("SELECT current_database()")).string(row: 0, column: 0) ?? ""
      _ = try await connection.query(Statement("CREATE ROLE \(name) LOGIN CREATEROLE"))
      _ = try await connection.query(Statement("ALTER DATABASE \(name) OWNER TO \(name)"))
      return name
    }
    let owner = ConnectionSettings(
      socketDirectory: "\(server.folder)/socket", user: name, database: name, statementMillisecondsMax: 60_000)
    return (owner, administrator)
  }
}
