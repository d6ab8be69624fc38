import EventLoop
import HTTP
import Testing

@Suite("requests over a socket")
struct MessageTests {
  @Test("1,000 requests in one write are answered in order")
  func pipelining() async throws {
    try await withServer { live in
      let texts = try await live.client { port in
        let wire = try Wire(port: port)
        try wire.send((0..<1_000).map { get("/\($0)") }.joined())
        return try (0..<1_000).map { _ in try wire.reply().text }
      }
      #expect(texts == (0..<1_000).map { "GET /\($0) " })
    }
  }

  @Test("a request in two pieces, cut at every byte, and one byte at a time")
  func splits() async throws {
    try await withServer { live in
      let request = Array("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi".utf8)
      let texts = try await live.client { port in
        let wire = try Wire(port: port)
        var texts: [String] = []
        for cut in 0...request.count {
          try wire.send(Array(request[..<cut]))
          try wire.send(Array(request[cut...]))
          texts.append(try wire.reply().text)
        }
        for byte in request { try wire.send([byte]) }
        return texts + [try wire.reply().text]
      }
      #expect(texts.count == request.count + 2)
      #expect(Set(texts) == ["POST /x hi"])
    }
  }

  @Test(
    "who keeps the connection, and how it is told",
    arguments: [
      ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", nil), ("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "close"),
      ("GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n", nil), ("GET / HTTP/1.0\r\n\r\n", "close"),
      ("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "keep-alive"),
      ("GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n", "close"),
    ])
  func keepAlive(request: String, connection: String?) async throws {
    try await withServer { live in
      let (first, second) = try await live.client { port in
        let wire = try Wire(port: port)
        try wire.send(request)
        let first = try wire.reply()
        if first.closes { return (first, try wire.isClosedByPeer()) }
        try wire.send(request)
        return (first, try wire.reply().status == 200)
      }
      #expect(first.fields["connection"] == connection)
      #expect(first.text == "GET / ")
      #expect(first.fields["date"]?.hasSuffix(" GMT") == true)
      #expect(second)
    }
  }

  @Test("a client that awaits 100 Continue gets it before it sends its body")
  func expectContinue() async throws {
    try await withServer { live in
      let replies = try await live.client { port in
        let wire = try Wire(port: port)
        try wire.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        let interim = try wire.reply()
        try wire.send("hi")
        return [interim, try wire.reply()]
      }
      #expect(replies.map(\.status) == [100, 200])
      #expect(replies[1].text == "POST /x hi")
    }
  }

  @Test("a chunked body arrives whole, and the next request after it")
  func chunked() async throws {
    try await withServer { live in
      let texts = try await live.client { port in
        let wire = try Wire(port: port)
        try wire.send(
          "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n5;x=y\r\nb\r\n\r\n\r\n0\r\nT: v\r\n\r\n"
            + get("/y"))
        return [try wire.reply().text, try wire.reply().text]
      }
      #expect(texts == ["POST /x ab\r\n\r\n", "GET /y "])
    }
  }

  @Test("HEAD has the length of the body and not the body")
  func head() async throws {
    try await withServer { live in
      let replies = try await live.client { port in
        let wire = try Wire(port: port)
        try wire.send("HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n" + get("/y"))
        return [try wire.reply(toHead: true), try wire.reply()]
      }
      #expect(replies[0].fields["content-length"] == "\("HEAD /x ".utf8.count)")
      #expect(replies[1].text == "GET /y ")
    }
  }

  @Test(
    "what is refused is told before the close, even to a client that goes on sending",
    arguments: [
      ("\u{1}", 400), ("GET /\(String(repeating: "a", count: 9_000)) HTTP/1.1\r\n", 414),
      ("GET / HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "a", count: 9_000))\r\n", 431),
      ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5000000\r\n\r\n", 413),
      ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFF\r\n", 413),
      ("BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 501), ("GET / HTTP/3.0\r\nHost: a\r\n\r\n", 505),
      ("GET / HTTP/1.1\r\nHost: a\r\nExpect: miracles\r\n\r\n", 417), ("GET / HTTP/1.1\r\n\r\n", 400),
    ])
  func refused(begin: String, status: Int) async throws {
    try await withServer { live in
      let (reply, isClosed) = try await live.client { port in
        let wire = try Wire(port: port)
        try wire.send(get("/before"))
        _ = try wire.reply()
        try wire.send(begin)
        try wire.send([UInt8](repeating: UInt8(ascii: "x"), count: 5_000_000))
        return (try wire.reply(), try wire.isClosedByPeer())
      }
      #expect(reply.status == status)
      #expect(reply.text == "refused")
      #expect(reply.closes)
      #expect(isClosed)
      #expect(live.responder.asked == 1)
    }
  }
}
