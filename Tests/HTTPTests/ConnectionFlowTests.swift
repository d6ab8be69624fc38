import Testing

@testable import HTTP

@Suite("what a connection sees")
struct ConnectionFlowTests {
  @Test("1000 requests in one buffer come one by one, in order")
  func pipelining() {
    let texts = (0..<1000).map { number in
      switch number % 3 {
      case 0: head("GET /\(number) HTTP/1.1")
      case 1: head("POST /\(number) HTTP/1.1", "Content-Length: 4") + "body"
      default: head("PUT /\(number) HTTP/1.1", "Transfer-Encoding: chunked") + "4\r\nbody\r\n0\r\n\r\n"
      }
    }
    let bytes = octets(texts.joined())
    let transcript = replay(bytes)
    #expect(transcript.outcome == .accepted)
    #expect(transcript.messages.map(\.path) == (0..<1000).map { ["\($0)"] })
    var end = 0
    #expect(
      transcript.messages.map(\.end)
        == texts.map {
          end += $0.utf8.count
          return end
        })
    #expect(replay(bytes, cuts: Array(stride(from: 0, to: bytes.count, by: 1000))) == transcript)
  }

  @Test("a step never takes a byte of the next message")
  func consumption() {
    let first = octets(head("POST / HTTP/1.1", "Content-Length: 2") + "hi")
    let next = octets(head("GET / HTTP/1.1"))
    var parser = RequestParser()
    let step = parser.receive((first + next).span)
    #expect(step.consumed == first.count)
    guard case .request = step.event else {
      Issue.record("no request")
      return
    }
    #expect(parser.phase == .idle)
  }

  @Test(
    "expectContinue is said once, at the end of the head",
    arguments: [
      (head("POST / HTTP/1.1", "Expect: 100-continue", "Content-Length: 2") + "hi", true),
      (head("POST / HTTP/1.1", "Expect: 100-continue", "Transfer-Encoding: chunked") + "0\r\n\r\n", true),
      (head("POST / HTTP/1.1", "Expect: 100-continue", "Content-Length: 0"), false),
      (head("POST / HTTP/1.1", "Expect: 100-continue"), false),
      (head("POST / HTTP/1.1", "Content-Length: 2") + "hi", false),
      (head("POST / HTTP/1.0", "Expect: 100-continue", "Content-Length: 2") + "hi", false),
    ])
  func expectContinue(text: String, isExpected: Bool) {
    let headEnd = text.unicodeScalars.count - (text.hasSuffix("hi") ? 2 : text.hasSuffix("0\r\n\r\n") ? 5 : 0)
    let transcript = replay(octets(text))
    #expect(transcript.continues == (isExpected ? [headEnd] : []))
    #expect(transcript.outcome == .accepted)
  }

  @Test("phases, byte by byte")
  func phases() {
    let text = "\r\n" + head("POST / HTTP/1.1", "Content-Length: 2") + "hi"
    var parser = RequestParser()
    #expect(parser.phase == .idle)
    var phases: [RequestParser.Phase] = []
    for octet in octets(text) {
      _ = parser.receive([octet].span)
      if phases.last != parser.phase { phases.append(parser.phase) }
    }
    #expect(phases == [.head, .idle, .head, .body, .idle])
  }

  @Test("no bytes, no change")
  func nothing() {
    var parser = RequestParser()
    for octet in octets(head("POST / HTTP/1.1", "Content-Length: 2") + "hi") {
      let phase = parser.phase
      let step = parser.receive([UInt8]().span)
      #expect(step.consumed == 0 && parser.phase == phase)
      _ = parser.receive([octet].span)
    }
    #expect(parser.phase == .idle)
  }
}
