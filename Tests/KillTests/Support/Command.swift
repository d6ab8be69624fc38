import EventLoop
import Foundation

/// The program under test, as a child process.
final class Command {
  /// Its sessions on the server have this name.
  static let applicationName = "victim"
  private static let secondsMax = 60

  /// Beside the test bundle.
  private static let path: String = {
    let bundle = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return URL(filePath: bundle).deletingLastPathComponent().appending(path: "switchyard").path
  }()

  private let process: ChildProcess
  private let output: String
  private let loop: EventLoop

  init(_ arguments: [String], on server: OwnServer, _ loop: EventLoop) throws {
    self.loop = loop
    output = "\(server.folder)/output"
    _ = FileManager.default.createFile(atPath: output, contents: nil)
    let file = try FileHandle(forWritingTo: URL(filePath: output))
    defer { try? file.close() }
    let environment = ["PATH=/usr/bin:/bin", "DATABASE_URL=\(server.url(applicationName: Self.applicationName))"]
    process = try ChildProcess(
      on: loop, ["env", "-i"] + environment + [Self.path] + arguments, output: file.fileDescriptor,
      directory: server.folder)
  }

  var hasEnded: Bool { process.ended != nil }

  func kill() { process.send(signal: 9) }

  struct End {
    let exit: ChildProcess.Exit
    let printed: String

    var isDone: Bool { exit == .status(0) }

    /// It was killed, or says that the database or another attempt, which is not quite gone yet, was in its way.
    var isExcused: Bool {
      switch exit {
      case .signal(let signal): signal == 9
      case .status(let status):
        status == 1
          && printed.contains(
            /is not available|was lost|did not answer in time|is under way already|SQLSTATE (57|40)/)
      }
    }
  }

  /// Waits for its end; kills it if that takes too long.
  func end() async throws -> End {
    let deadline = ContinuousClock.now + .seconds(Self.secondsMax)
    while !hasEnded, ContinuousClock.now < deadline { await loop.sleep(milliseconds: 2) }
    guard let exit = process.ended else {
      kill()
      throw NeverEnded(printed: printed)
    }
    return End(exit: exit, printed: printed)
  }

  private var printed: String { (try? String(contentsOfFile: output, encoding: .utf8)) ?? "" }
}

struct NeverEnded: Error {
  let printed: String
}
