import Compression
import Foundation
import Testing

@Suite struct GzipTests {
  @Test("what gzip unpacks is what went in", arguments: [Gzip.Effort.fastest, .best], [0, 1, 1_000, 100_000])
  func roundTrip(_ effort: Gzip.Effort, _ size: Int) throws {
    var generator = SystemRandomNumberGenerator()
    let noise = (0..<size).map { _ in UInt8.random(in: 0...255, using: &generator) }
    let text = (0..<size).map { UInt8(ascii: "a") + UInt8($0 % 7) }
    #expect(try unpacked(Gzip.compress(noise, effort: effort)) == noise)
    let packed = Gzip.compress(text, effort: effort)
    #expect(try unpacked(packed) == text)
    if size >= 1_000 { #expect(packed.count < size / 4) }
  }

  private func unpacked(_ bytes: [UInt8]) throws -> [UInt8] {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).gz")
    try Data(bytes).write(to: path)
    defer { try? FileManager.default.removeItem(at: path) }
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["gzip", "-dc", path.path]
    process.standardOutput = output
    try process.run()
    let data = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return [UInt8](data)
  }
}
