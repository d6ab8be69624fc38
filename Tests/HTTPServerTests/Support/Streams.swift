import EventLoop
import HTTP

/// Streams by the path below `/stream`, and what became of them.
final class Streams {
  struct Failure: Error {}

  /// How many pieces `counted` may write.
  private var turns = 0
  private(set) var begun = 0
  private(set) var running = 0
  /// Bytes that `write` has taken.
  private(set) var writtenBytes = 0
  /// Calls of `write` and `sleep` that said that nobody takes more.
  private(set) var refusals = 0
  private var kept: (any BodyWriter)?
  private let loop: EventLoop

  init(on loop: EventLoop) { self.loop = loop }

  func respond(to path: [String]) async -> Response {
    let number = path.count > 1 ? Int(path[1]) ?? 0 : 0
    switch path[0] {
    case "turn":
      turns += 1
      return Response(.ok, body: Array("\(turns)".utf8))
    case "written": return Response(.ok, body: Array("\(writtenBytes)".utf8))
    case "late": return Response(.ok, body: Array("\(await kept?.write([1]) ?? true)".utf8))
    case "refused": return Response(.serviceUnavailable, body: Array("not now".utf8))
    case let name:
      return Response(.ok, headers: ["Content-Type": "text/plain"]) { writer in
        precondition(self.loop.isCurrent)
        self.begun += 1
        self.running += 1
        defer { self.running -= 1 }
        try await self.produce(name, number, writer)
      }
    }
  }

  private func produce(_ name: String, _ number: Int, _ writer: any BodyWriter) async throws {
    switch name {
    case "counted":
      for count in 1...number {
        guard await write(Array("\(count)".utf8), writer) else { return }
        while turns < count { guard await sleep(2, writer) else { return } }
      }
    case "flood":
      let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 10_000)
      for _ in 0..<number { guard await write(piece, writer) else { return } }
    case "endless": while await write([UInt8(ascii: "x")], writer) {}
    case "held":
      guard await write(Array("held".utf8), writer) else { return }
      while await sleep(10_000_000, writer) {}
    case "slow":
      guard await write(Array("1".utf8), writer), await sleep(number, writer) else { return }
      _ = await write(Array("2".utf8), writer)
    case "failing":
      for _ in 0..<number { guard await write(Array("part".utf8), writer) else { return } }
      throw Failure()
    case "empty": _ = await write([], writer)
    case "kept":
      kept = writer
      _ = await write(Array("kept".utf8), writer)
    default: preconditionFailure(name)
    }
  }

  private func write(_ bytes: [UInt8], _ writer: any BodyWriter) async -> Bool {
    let isTaken = await writer.write(bytes)
    precondition(loop.isCurrent)
    if isTaken { writtenBytes += bytes.count } else { refusals += 1 }
    return isTaken
  }

  private func sleep(_ milliseconds: Int, _ writer: any BodyWriter) async -> Bool {
    let isTaken = await writer.sleep(milliseconds: milliseconds)
    precondition(loop.isCurrent)
    if !isTaken { refusals += 1 }
    return isTaken
  }
}
