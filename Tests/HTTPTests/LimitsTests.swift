import Testing

@testable import HTTP

@Suite("limits, at the maximum and one over")
struct LimitsTests {
  private let limits = Limits()

  private func outcome(_ text: String) -> Case.Outcome {
    let bytes = octets(text)
    let whole = replay(bytes)
    let inPieces = replay(bytes, cuts: Array(stride(from: 0, to: bytes.count, by: 7)))
    #expect(whole == inPieces)
    return whole.outcome
  }

  private func filler(_ count: Int) -> String { String(repeating: "a", count: count) }

  @Test("request line")
  func requestLine() {
    let capacity = limits.requestLineBytesMax - "GET / HTTP/1.1".utf8.count
    #expect(outcome(head("GET /\(filler(capacity)) HTTP/1.1")) == .accepted)
    #expect(outcome(head("GET /\(filler(capacity + 1)) HTTP/1.1")) == .refused(414))
    #expect(outcome("GET /" + filler(limits.requestLineBytesMax)) == .refused(414), "without waiting for its end")
  }

  @Test("8000 octets of request line are always served")
  func shortestAllowedMaximum() {
    #expect(outcome(head("GET /\(filler(8000 - 14)) HTTP/1.1")) == .accepted)
  }

  @Test("field")
  func field() {
    let capacity = limits.fieldBytesMax - "A: ".utf8.count
    #expect(outcome(head("GET / HTTP/1.1", "A: \(filler(capacity))")) == .accepted)
    #expect(outcome(head("GET / HTTP/1.1", "A: \(filler(capacity + 1))")) == .refused(431))
    #expect(outcome("GET / HTTP/1.1\r\n" + filler(limits.fieldBytesMax + 1)) == .refused(431))
  }

  @Test("field count")
  func fieldCount() {
    let fields = String(repeating: "A: b\r\n", count: limits.fieldCountMax - 1)
    #expect(outcome("GET / HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n") == .accepted)
    #expect(outcome("GET / HTTP/1.1\r\nHost: h\r\n" + fields + "A: b\r\n\r\n") == .refused(431))
  }

  @Test("head, with its last line end")
  func head_() {
    let start = "GET / HTTP/1.1\r\nHost: h\r\n" + String(repeating: "A: \(filler(8000))\r\n", count: 4)
    let capacity = limits.headBytesMax - start.utf8.count - "A: \r\n\r\n".utf8.count
    let longest = start + "A: \(filler(capacity))\r\n\r\n"
    #expect(longest.utf8.count == limits.headBytesMax)
    #expect(outcome(longest) == .accepted)
    #expect(outcome(start + "A: \(filler(capacity + 1))\r\n\r\n") == .refused(431))
    #expect(replay(octets(start + "A: \(filler(capacity + 1))\r\n\r\n")).error?.reason == .headTooLong)
    #expect(outcome(start + "A: \(filler(capacity))\r\nB:\r\n\r\n") == .refused(431))
  }

  @Test("body by Content-Length: refused before it is read")
  func fixedBody() {
    let most = limits.bodyBytesMax
    #expect(outcome(head("POST / HTTP/1.1", "Content-Length: \(most)") + filler(most)) == .accepted)
    #expect(outcome(head("POST / HTTP/1.1", "Content-Length: \(most + 1)")) == .refused(413))
  }

  @Test("body in chunks")
  func chunkedBody() {
    let most = limits.bodyBytesMax
    let size = String(most - 1, radix: 16)
    #expect(outcome(Case.chunked("\(size)\r\n\(filler(most - 1))\r\n1\r\na\r\n0\r\n\r\n")) == .accepted)
    #expect(outcome(Case.chunked("\(size)\r\n\(filler(most - 1))\r\n2\r\n")) == .refused(413))
  }

  @Test("chunk extensions, all together")
  func chunkExtensions() {
    let most = limits.chunkExtensionBytesMax
    func body(_ lengths: [Int]) -> String {
      Case.chunked(lengths.map { "1;\(filler($0 - 1))\r\nx\r\n" }.joined() + "0\r\n\r\n")
    }
    #expect(outcome(body([most])) == .accepted)
    #expect(outcome(body([most + 1])) == .refused(400))
    #expect(outcome(body([most / 2, most / 2])) == .accepted)
    #expect(outcome(body([most / 2, most / 2 + 1])) == .refused(400))
    #expect(outcome(Case.chunked("1;" + filler(2 * most))) == .refused(400), "without waiting for its end")
  }

  @Test("trailer section, with its last line end")
  func trailers() {
    let most = limits.trailerBytesMax - "A:\r\n".utf8.count - "\r\n".utf8.count
    #expect(outcome(Case.chunked("0\r\nA:\(filler(most))\r\n\r\n")) == .accepted)
    #expect(outcome(Case.chunked("0\r\nA:\(filler(most + 1))\r\n\r\n")) == .refused(431))
    let half = most / 2
    #expect(outcome(Case.chunked("0\r\nA:\(filler(half))\r\nA:\(filler(half - 5))\r\n\r\n")) == .accepted)
    #expect(outcome(Case.chunked("0\r\nA:\(filler(half))\r\nA:\(filler(half + 5))\r\n\r\n")) == .refused(431))
    #expect(outcome(Case.chunked("0\r\n" + filler(2 * most))) == .refused(431), "without waiting for its end")
  }

  @Test("a body in chunks of one byte")
  func smallestChunks() {
    let transcript = replay(octets(Case.chunked(String(repeating: "1\r\na\r\n", count: 50_000) + "0\r\n\r\n")))
    #expect(transcript.messages.first?.request.utf8.count == 50_007)
  }

  @Test("limits that contradict each other stop the start")
  func contradiction() async {
    await #expect(processExitsWith: .failure) {
      var limits = Limits()
      limits.headBytesMax = limits.requestLineBytesMax
      _ = RequestParser(limits: limits)
    }
    await #expect(processExitsWith: .failure) {
      var limits = Limits()
      limits.headBytesMax = 65_536
      _ = RequestParser(limits: limits)
    }
  }
}
