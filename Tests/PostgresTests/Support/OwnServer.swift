import Foundation
import Glibc
import Synchronization

/// Folders for PostgreSQL servers that a test starts, stops and harms as it likes.
enum OwnServer {
  private static let count = Atomic(0)

  /// Runs `body` with the path of a folder that is nobody else's, and removes it.
  static func withFolder<Result>(_ body: (String) async throws -> Result) async throws -> Result {
    let number = count.add(1, ordering: .relaxed).newValue
    let folder = "/tmp/switchyard-own-\(getpid())-\(number)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try await body(folder)
  }

  static func run(_ command: String...) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = command
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failure(command: command.joined(separator: " ")) }
  }

  struct Failure: Error {
    let command: String
  }
}
