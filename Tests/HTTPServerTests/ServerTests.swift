import EventLoop
import HTTP
import TestSupport
import Testing

@testable import HTTPServer

@Suite("the server as a whole")
struct ServerTests {
  @Test("it takes so many connections, and another when one has gone")
  func connectionCount() async throws {
    var limits = Limits()
    limits.connectionCountMax = 2
    let few = limits
    try await withServer(few) { live in
      let outcome = try await live.client { port in
        func wire() throws -> Wire {
          let wire = try Wire(port: port)
          try wire.send(get("/"))
          _ = try wire.reply()
          return wire
        }
        let kept = try wire()
        let leaving = try wire()
        let isRefused = try Wire(port: port).isClosedByPeer()
        leaving.close()
        var attempts = 0
        while (try? wire()) == nil, attempts < 10_000 { attempts += 1 }
        try kept.send(get("/still"))
        return [isRefused, attempts < 10_000, try kept.reply().text == "GET /still "]
      }
      #expect(outcome == [true, true, true])
    }
  }

  @Test("stop: idle connections close, a running request ends with close, nobody new is taken")
  func gracefulStop() async throws {
    try await withServer { live in
      let port = live.server.port
      live.loop.spawn {
        _ = await live.becomes { live.responder.asked == 2 && live.server.connectionCount == 3 }
        live.loop.spawn {
          _ = await live.becomes { live.server.connectionCount == 1 }
          live.responder.isOpen = true
        }
        await live.server.stop(withinMilliseconds: 30_000)
      }
      let (isIdleClosed, isNewClosed, reply, isClosed) = try await live.client { port in
        let idle = try Wire(port: port)
        let used = try Wire(port: port)
        try used.send(get("/"))
        _ = try used.reply()
        let running = try Wire(port: port)
        try running.send(get("/wait"))
        let isIdleClosed = [try idle.isClosedByPeer(), try used.isClosedByPeer()]
        let reply = try running.reply()
        return (isIdleClosed, (try? Wire(port: port)) == nil, reply, try running.isClosedByPeer())
      }
      #expect(port != 0 && live.server.port == 0)
      #expect(isIdleClosed == [true, true])
      #expect(isNewClosed)
      #expect(reply.text == "GET /wait ")
      #expect(reply.closes)
      #expect(isClosed)
    }
  }

  @Test("stop: what does not end in time is closed")
  func impatientStop() async throws {
    try await withServer { live in
      live.loop.spawn {
        _ = await live.becomes { live.responder.asked == 1 }
        await live.server.stop(withinMilliseconds: 1)
      }
      let isClosed = try await live.client { port in
        let wire = try Wire(port: port)
        try wire.send(get("/wait"))
        return try wire.isClosedByPeer()
      }
      #expect(isClosed)
      #expect(live.server.connectionCount == 0)
      #expect(live.responder.answered == 0, "the answer was never ready")
    }
  }

  @Test("two servers share a port, and both answer")
  func sharedPort() async throws {
    try await withServer { live in
      let other = try Live(limits: Limits(), port: live.server.port, on: live.loop)
      let count = 200
      let answers = try await live.client { port in
        try (0..<count).map { number in
          let wire = try Wire(port: port)
          try wire.send(get("/\(number)"))
          return try wire.reply().text
        }
      }
      #expect(answers == (0..<count).map { "GET /\($0) " })
      #expect(live.responder.asked > 0 && other.responder.asked > 0)
      #expect(live.responder.asked + other.responder.asked == count)
      await other.server.stop(withinMilliseconds: 0)
    }
  }

  @Test(
    "a reset in any phase leaves nothing behind",
    arguments: [
      "", "GET /x", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nx", get("/wait"),
      get("/wait") + get("/2") + "GET",
      get("/big/20000000"), String(repeating: get("/big/1000000"), count: 50),
      get("/big/20000000", "Connection: close"), "\u{1}", get("/x"),
    ], [false, true])
  func resets(bytes: String, waitsForAnswer: Bool) async throws {
    try await withServer { live in
      let count = 20
      let isAnswered = bytes == "\u{1}" || bytes.hasSuffix("\r\n\r\n") && !bytes.contains("wait")
      try await live.client { port in
        for _ in 0..<count {
          let wire = try Wire(port: port, receiveBufferBytes: 4_096)
          try wire.send(bytes)
          if waitsForAnswer, isAnswered { try wire.awaitFirstBytes() }
          wire.reset()
        }
      }
      live.responder.isOpen = true
      let text = try await live.client { port in
        let wire = try Wire(port: port)
        try wire.send(get("/after"))
        return try wire.reply().text
      }
      #expect(text == "GET /after ")
      // it came after all the others, so they have been taken
      #expect(await live.becomes { live.server.connectionCount == 0 })
    }
  }
}
