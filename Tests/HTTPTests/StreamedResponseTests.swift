import Testing

@testable import HTTP
import TestSupport

@Suite("streamed response")
struct StreamedResponseTests {
  private static var response: Response { Response(.ok, headers: ["Content-Type": "text/event-stream"]) { _ in } }

  private func head(_ method: Method, _ version: Version, keepAlive: Bool) -> String {
    var buffer: [UInt8] = []
    ResponseWriter.write(
      Self.response, method: method, version: version, keepAlive: keepAlive, date: HTTPDate(unixSeconds: 784_111_777),
      into: &buffer)
    return String(decoding: buffer, as: UTF8.self)
  }

  @Test(
    "the head: chunks in HTTP/1.1, the close in HTTP/1.0, no length in either",
    arguments: [
      (Method.get, Version.http11, true, "Transfer-Encoding: chunked\r\n"),
      (.get, .http11, false, "Transfer-Encoding: chunked\r\nConnection: close\r\n"),
      (.get, .http10, false, "Connection: close\r\n"),
      (.head, .http11, true, "Transfer-Encoding: chunked\r\n"),
      (.head, .http10, true, "Connection: keep-alive\r\n"),
    ])
  func head(method: Method, version: Version, keepAlive: Bool, fields: String) {
    let begin = "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Type: text/event-stream\r\n"
    #expect(head(method, version, keepAlive: keepAlive) == begin + fields + "\r\n")
  }

  @Test(
    "only in HTTP/1.0 is the close the end of a stream, and there only if there is a body",
    arguments: [
      (Method.get, Version.http11, true), (.get, .http10, false), (.head, .http11, true), (.head, .http10, true),
    ])
  func delimited(method: Method, version: Version, isDelimited: Bool) {
    #expect(Self.response.isDelimited(method: method, version: version) == isDelimited)
    #expect(Response(.ok, body: [1]).isDelimited(method: method, version: version))
  }

  @Test("what cannot be framed traps")
  func traps() async {
    await #expect(processExitsWith: .failure) {
      var buffer: [UInt8] = []
      ResponseWriter.write(
        Response(.ok) { _ in }, method: .get, version: .http10, keepAlive: true, date: HTTPDate(unixSeconds: 0),
        into: &buffer)
    }
    await #expect(processExitsWith: .failure) {
      var buffer: [UInt8] = []
      ResponseWriter.write(
        Response(.noContent) { _ in }, method: .get, version: .http11, keepAlive: true, date: HTTPDate(unixSeconds: 0),
        into: &buffer)
    }
    await #expect(processExitsWith: .failure) {
      var buffer: [UInt8] = []
      ResponseWriter.writePiece([], version: .http11, into: &buffer)
    }
  }

  @Test(
    "the exact bytes of a piece",
    arguments: [(1, "1"), (9, "9"), (10, "a"), (15, "f"), (16, "10"), (255, "ff"), (4_096, "1000"), (70_000, "11170")])
  func piece(count: Int, size: String) {
    let bytes = [UInt8](repeating: UInt8(ascii: "\n"), count: count)
    var buffer = octets("before")
    ResponseWriter.writePiece(bytes, version: .http11, into: &buffer)
    #expect(buffer == octets("before\(size)\r\n") + bytes + octets("\r\n"))
    buffer = []
    ResponseWriter.writePiece(bytes, version: .http10, into: &buffer)
    #expect(buffer == bytes)
  }

  @Test("the end")
  func end() {
    var buffer: [UInt8] = []
    ResponseWriter.writeEnd(version: .http10, into: &buffer)
    #expect(buffer.isEmpty)
    ResponseWriter.writeEnd(version: .http11, into: &buffer)
    #expect(buffer == octets("0\r\n\r\n"))
  }

  @Test("a reader of chunks finds the pieces' bytes, whatever they are")
  func readBack() {
    let seed = UInt64.random(in: 1...UInt64.max)
    var random = SeededGenerator(seed: seed)
    for _ in 0..<500 {
      var sent: [UInt8] = []
      var message = octets("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n")
      for _ in 0..<random.below(8) {
        let piece = (0...random.below(300)).map { _ in UInt8(random.below(256)) }
        sent += piece
        ResponseWriter.writePiece(piece, version: .http11, into: &message)
      }
      ResponseWriter.writeEnd(version: .http11, into: &message)
      var parser = RequestParser()
      let step = parser.receive(message.span)
      guard case .request(let request) = step.event else {
        Issue.record("seed \(seed): \(step.event)")
        return
      }
      #expect(request.body == sent && step.consumed == message.count, "seed \(seed)")
    }
  }
}
