import Foundation
import Glibc

/// The program, run as a user would, in a folder of its own.
final class Program {
  struct Failure: Error, CustomStringConvertible { let description: String }

  /// Where this run keeps `.switchyard`, `.env` and the like.
  let folder: URL
  private let process = Process()
  private let log: URL

  /// - Parameters:
  ///   - settings: the environment; nothing of the tests' own environment is passed on but PATH.
  ///   - folder: to go on in the folder of an earlier run.
  init(_ arguments: [String], settings: [String: String] = [:], in folder: URL? = nil) throws {
    self.folder = try folder ?? Self.newFolder()
    log = self.folder.appending(path: "log-\(UUID().uuidString)")
    _ = FileManager.default.createFile(atPath: log.path, contents: nil)
    let output = try FileHandle(forWritingTo: log)
    process.executableURL = Self.binary
    process.arguments = arguments
    process.environment = ["PORT": "0", "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"]
      .merging(settings) { _, given in given }
    process.currentDirectoryURL = self.folder
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = output
    try process.run()
  }

  deinit {
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
  }

  /// Beside the bundle of the tests.
  static var binary: URL {
    Bundle.allBundles.map { $0.bundleURL.deletingLastPathComponent().appending(path: "switchyard") }
      .first { FileManager.default.isExecutableFile(atPath: $0.path) }
      ?? URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "switchyard")
  }

  static func newFolder() throws -> URL {
    let folder = URL(filePath: "/tmp/switchyard-program-\(getpid())-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }

  var output: String { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }

  var pid: Int32 { process.processIdentifier }

  func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

  /// The exit status, once it has ended; negative for a signal.
  func wait(seconds: Int = 60) async throws -> Int {
    try await Self.poll(seconds: seconds, "end of \(process.arguments ?? []): \(output)") {
      !process.isRunning ? true : nil
    }
    return process.terminationReason == .exit ? Int(process.terminationStatus) : -Int(process.terminationStatus)
  }

  /// The port, once it serves.
  func port(seconds: Int = 90) async throws -> UInt16 {
    try await Self.poll(seconds: seconds, "port in: \(output)") {
      guard process.isRunning else { throw Failure(description: "it ended: \(output)") }
      return output.firstMatch(of: #/serving address=http://[^ ]*:(\d+) /#).flatMap { UInt16($0.1) }
    }
  }

  @discardableResult
  static func poll<Value>(
    seconds: Int, _ what: @autoclosure () -> String, _ look: () throws -> Value?
  ) async throws -> Value {
    let deadline = Date().addingTimeInterval(Double(seconds))
    while Date() < deadline {
      if let value = try look() { return value }
      try await Task.sleep(for: .milliseconds(10))
    }
    throw Failure(description: "waited \(seconds) s for \(what())")
  }
}
