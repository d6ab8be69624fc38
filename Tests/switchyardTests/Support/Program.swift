import Foundation
import Glibc
import Synchronization

/// The binary under test, as a child process in a folder of its own.
final class Program {
  /// Beside the test bundle.
  private static let path: String = {
    let bundle = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return URL(filePath: bundle).deletingLastPathComponent().appending(path: "switchyard").path
  }()

  private let process = Process()
  private let folder: Folder
  private let output: String
  private static let count = Atomic<Int>(0)

  /// - Parameter environment: all that the program gets, besides where programs are found.
  init(_ arguments: [String], in folder: Folder, _ environment: [String: String] = [:]) throws {
    self.folder = folder
    output = "\(folder.path)/output-\(Self.count.add(1, ordering: .relaxed).newValue)"
    _ = FileManager.default.createFile(atPath: output, contents: nil)
    let file = try FileHandle(forWritingTo: URL(filePath: output))
    // Both streams into one file; appending, so that neither overwrites the other.
    _ = fcntl(file.fileDescriptor, F_SETFL, O_APPEND)
    process.executableURL = URL(filePath: Self.path)
    process.arguments = arguments
    process.currentDirectoryURL = URL(filePath: folder.path)
    process.environment = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"].merging(environment)
    { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = file
    process.standardError = file
    try process.run()
  }

  deinit { if process.isRunning { Glibc.kill(process.processIdentifier, SIGKILL) } }

  var isRunning: Bool { process.isRunning }

  /// What it has printed so far.
  var printed: String { (try? String(contentsOfFile: output, encoding: .utf8)) ?? "" }

  /// Runs it to its end.
  static func run(
    _ arguments: [String], in folder: Folder, _ environment: [String: String] = [:]
  ) async throws -> (status: Int32, printed: String) {
    let program = try Program(arguments, in: folder, environment)
    return (try await program.end(), program.printed)
  }

  /// Where it serves, once it says so.
  func address() async throws -> String {
    try await eventually("the program tells its address: \(printed)", while: isRunning) { self.announced != nil }
    return announced!
  }

  var port: String { announced.map { String($0.split(separator: ":").last!) } ?? "" }

  /// From the log's line "serving".
  private var announced: String? {
    printed.split(separator: "\n").first { $0.contains("serving") }
      .flatMap { $0.firstMatch(of: /http:\/\/127\.0\.0\.1:[0-9]+/) }.map { String($0.output) }
  }

  func send(_ signal: Int32) { Glibc.kill(process.processIdentifier, signal) }

  /// Waits for its end; its exit status, or minus the signal that ended it.
  func end(after signal: Int32? = nil) async throws -> Int32 {
    if let signal { send(signal) }
    try await eventually("the program ends: \(printed)") { !self.isRunning }
    return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
  }
}

struct NeverHappened: Error {
  let what: String
}

/// Waits until something holds; gives up after a long while, or when it cannot happen any more.
func eventually(
  _ what: @autoclosure () -> String, while mayHappen: @autoclosure () -> Bool = true, seconds: Int = 60,
  _ holds: () async throws -> Bool
) async throws {
  let clock = ContinuousClock()
  let deadline = clock.now + .seconds(seconds)
  while !(try await holds()) {
    guard mayHappen(), clock.now < deadline else { throw NeverHappened(what: what()) }
    try await Task.sleep(for: .milliseconds(2))
  }
}
