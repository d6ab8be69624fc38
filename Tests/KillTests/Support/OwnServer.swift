import Cutover
import EventLoop
import Foundation
import Postgres
import PrivatePostgres
import SQL
import Synchronization
import TestSupport

/// A PostgreSQL server of a test's own, whose backends may be killed: the postmaster then restarts all of them, and
/// whoever asks here waits until it has.
final class OwnServer {
  private static let count = Atomic<Int>(0)
  private static let secondsMax = 120
  private static let pauseMilliseconds = 3
  private static let logLinesMax = 60

  let folder: String
  let settings: ConnectionSettings
  private let server: PrivatePostgres
  private let loop: EventLoop
  private var connection: Connection?

  static func start(on loop: EventLoop) async throws -> OwnServer {
    let number = count.add(1, ordering: .relaxed).newValue
    let folder = ScratchFolder.path("kills", number)
    let parameters = ["fsync": "off", "shared_buffers": "32MB", "max_connections": "40", "autovacuum": "off"]
    let server = try await PrivatePostgres.start(in: folder, parameters: parameters, on: loop)
    return OwnServer(folder, server, on: loop)
  }

  private init(_ folder: String, _ server: PrivatePostgres, on loop: EventLoop) {
    self.folder = folder
    self.server = server
    self.loop = loop
    settings = server.settings(statementMillisecondsMax: 60_000)
  }

  func stop() async {
    connection?.close()
    await server.stop()
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// For a program; the name tells its sessions from the test's own.
  func url(applicationName: String) -> String {
    "postgresql://switchyard@/switchyard?host=\(server.socketFolder)&application_name=\(applicationName)"
  }

  func rows(_ text: String, _ binds: [Bind] = []) async throws -> [[String?]] {
    let rows = try await patiently { try await $0.query(Statement(text), binds) }
    return (0..<rows.count).map { row in rows.columns.indices.map { rows.string(row: row, column: $0) } }
  }

  /// Each row as a line.
  func lines(_ text: String) async throws -> [String] {
    try await rows(text).map { $0.map { $0 ?? "NULL" }.joined(separator: " ") }
  }

  func number(_ text: String) async throws -> Int {
    let rows = try await rows(text)
    guard let cell = rows.first?.first, let number = cell.flatMap({ Int($0) }) else { throw NoNumber(text: text) }
    return number
  }

  /// - Parameter script: does no harm when it runs twice, because its first end may go unheard.
  func run(_ script: String) async throws { try await patiently { try await $0.run(script: script) } }

  private var logEnd: String {
    let log = (try? String(contentsOfFile: "\(folder)/log", encoding: .utf8)) ?? "(no log)"
    return log.split(separator: "\n").suffix(Self.logLinesMax).joined(separator: "\n")
  }

  private func patiently<Result>(_ body: (Connection) async throws -> Result) async throws -> Result {
    let deadline = ContinuousClock.now + .seconds(Self.secondsMax)
    while true {
      do {
        if connection?.isOpen != true { connection = try await Connection.open(settings, on: loop) }
        return try await body(connection!)
      } catch {
        // It may be left in a transaction.
        connection?.close()
        connection = nil
        guard (error as? DatabaseError)?.isTransient == true else { throw error }
        guard ContinuousClock.now < deadline else { throw NoServer(error: error, log: logEnd) }
        await loop.sleep(milliseconds: Self.pauseMilliseconds)
      }
    }
  }
}

/// Carries the end of the server's log, because its folder goes with the test.
struct NoServer: Error, CustomStringConvertible {
  let error: any Error
  let log: String

  var description: String { "\(error); the server's log ends with\n\(log)" }
}

struct NoNumber: Error {
  let text: String
}
