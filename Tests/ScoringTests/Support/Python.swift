import Foundation

/// Runs a script in Python, the language of the references these tests compare with.
enum Python {
  /// Sends each input as one line of JSON; the script prints one line of JSON for each.
  static func map<Input: Encodable, Output: Decodable>(_ inputs: [Input], with script: String) throws -> [Output] {
    let encoder = JSONEncoder()
    var lines = Data()
    for input in inputs {
      lines.append(try encoder.encode(input))
      lines.append(UInt8(ascii: "\n"))
    }
    let output = try run(script, input: lines)
    return try output.split(separator: UInt8(ascii: "\n")).map { try JSONDecoder().decode(Output.self, from: $0) }
  }

  /// Files instead of pipes: neither side can wait for the other.
  private static func run(_ script: String, input: Data) throws -> Data {
    let folder = FileManager.default.temporaryDirectory.appending(path: "scoring-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (inputFile, outputFile) = (folder.appending(path: "in"), folder.appending(path: "out"))
    try input.write(to: inputFile)
    try Data().write(to: outputFile)

    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", "-c", script]
    process.environment = ProcessInfo.processInfo.environment.merging([
      "PYTHONPATH": Repository.vaderFolder.path, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONIOENCODING": "utf-8",
      "PYTHONUTF8": "1",
    ]) { $1 }
    process.standardInput = try FileHandle(forReadingFrom: inputFile)
    process.standardOutput = try FileHandle(forWritingTo: outputFile)
    try process.run()
    process.waitUntilExit()
    switch process.terminationStatus {
    case 0: return try Data(contentsOf: outputFile)
    case 3: throw Missing(what: "the Python module vaderSentiment 3.3.2")
    case 127: throw Missing(what: "python3")
    case let status: throw Failure(status: status)
    }
  }

  struct Failure: Error {
    let status: Int32
  }
}
