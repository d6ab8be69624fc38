import Foundation

/// Runs lines as a user would type them.
enum Shell {
  /// - Returns: what was printed, errors included.
  static func run(_ script: String, in folder: Folder, _ environment: [String: String]) throws -> String {
    let shell = Process()
    let output = Pipe()
    shell.executableURL = URL(filePath: "/bin/sh")
    shell.arguments = ["-c", script]
    shell.environment = ["PATH": "/usr/bin:/bin"].merging(environment) { $1 }
    shell.currentDirectoryURL = URL(filePath: folder.path)
    shell.standardOutput = output
    shell.standardError = output
    try shell.run()
    return String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
  }
}
