import EventLoop
import Foundation
import Glibc
import HTTP
import Testing

@testable import HTTPServer

@Suite("streams over a socket")
struct StreamTests {
  @Test("each piece arrives when it is written, and the connection stays for the next request")
  func pieces() async throws {
    try await withServer { live in
      let (head, chunks, next) = try await live.client { port in
        let wire = try Wire(port: port)
        let other = try Wire(port: port)
        try wire.send(get("/stream/counted/5"))
        let head = try wire.reply()
        var chunks: [String?] = []
        // the producer writes a piece only after the one before was seen here
        for _ in 0..<5 {
          chunks.append(try wire.chunk())
          try other.send(get("/stream/turn"))
          _ = try other.reply()
        }
        chunks.append(try wire.chunk())
        try wire.send(get("/next"))
        return (head, chunks, try wire.reply().text)
      }
      #expect(head.status == 200)
      #expect(head.fields["transfer-encoding"] == "chunked")
      #expect(head.fields["content-length"] == nil && head.fields["connection"] == nil)
      #expect(chunks == ["1", "2", "3", "4", "5", nil])
      #expect(next == "GET /next ")
    }
  }

  @Test("requests that came with or during a stream are answered after it, in order")
  func pipelined() async throws {
    try await withServer { live in
      let texts = try await live.client { port in
        let wire = try Wire(port: port)
        try wire.send(get("/1") + get("/stream/counted/1") + get("/2"))
        var texts: [String?] = [try wire.reply().text]
        texts += [try wire.reply().text, try wire.chunk()]
        try wire.send(get("/stream/flood/3") + get("/3"))
        let other = try Wire(port: port)
        try other.send(get("/stream/turn"))
        _ = try other.reply()
        texts += [try wire.chunk(), try wire.reply().text, try wire.reply().text]
        for _ in 0..<3 { texts.append(try wire.chunk().map { "\($0.utf8.count)" }) }
        return texts + [try wire.chunk(), try wire.reply().text]
      }
      #expect(texts == ["GET /1 ", "", "1", nil, "GET /2 ", "", "10000", "10000", "10000", nil, "GET /3 "])
    }
  }

  @Test("a producer waits for a client that does not read; others are served; it gets all once it reads")
  func backPressure() async throws {
    let count = 5_000
    try await withServer { live in
      let (written, sizes) = try await live.client { port in
        let slow = try Wire(port: port, receiveBufferBytes: 4_096)
        try slow.send(get("/stream/flood/\(count)"))
        let written = try Self.standstill(port)
        _ = try slow.reply()
        var sizes: [Int] = []
        while let chunk = try slow.chunk() { sizes.append(chunk.utf8.count) }
        return (written, sizes)
      }
      #expect(written < count * 10_000 / 2)
      #expect(sizes == Array(repeating: 10_000, count: count))
    }
  }

  /// What had been written when the number stood still.
  private static func standstill(_ port: UInt16) throws -> Int {
    let other = try Wire(port: port)
    var written = 0
    var sameSince = 0
    while sameSince < 200 {
      try other.send(get("/stream/written"))
      let now = Int(try other.reply().text) ?? 0
      sameSince = now == written && now > 0 ? sameSince + 1 : 0
      written = now
    }
    return written
  }

  @Test("a producer that is never made to wait does not keep the loop from others")
  func endless() async throws {
    try await withServer { live in
      let text = try await live.client { port in
        let reader = Handed(wire: try Wire(port: port))
        try reader.wire.send(get("/stream/endless"))
        let isDone = DispatchSemaphore(value: 0)
        let hasBegun = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
          while isDone.wait(timeout: .now()) != .success, (try? reader.wire.discard()) == true { hasBegun.signal() }
          reader.wire.close()
        }
        for _ in 0..<100 { _ = hasBegun.wait(timeout: .now() + 30) }
        let other = try Wire(port: port)
        try other.send(get("/other"))
        defer { isDone.signal() }
        return try other.reply().text
      }
      #expect(text == "GET /other ")
      #expect(await live.becomes { live.responder.streams.running == 0 })
    }
  }

  // MARK: The client goes

  enum Leaving: CaseIterable { case close, reset, finish }

  @Test(
    "a client that goes ends the producer, which sleeps or waits for it",
    arguments: Leaving.allCases, ["/stream/held", "/stream/flood/100000"])
  func disconnect(leaving: Leaving, path: String) async throws {
    try await withServer { live in
      let rest = try await live.client { port in
        let wire = try Wire(port: port, receiveBufferBytes: 4_096)
        try wire.send(get(path))
        if path == "/stream/held" {
          _ = try wire.reply()
          #expect(try wire.chunk() == "held")
        } else {
          _ = try Self.standstill(port)
        }
        switch leaving {
        case .close: wire.close()
        case .reset: wire.reset()
        case .finish:
          wire.finish()
          return try wire.rest()
        }
        return ""
      }
      #expect(!rest.hasSuffix("0\r\n\r\n"), "a body that was cut short is not whole")
      #expect(await live.becomes { live.responder.streams.running == 0 && live.server.connectionCount == 0 })
      #expect(live.responder.streams.begun == 1 && live.responder.streams.refusals == 1)
    }
  }

  @Test("a client that takes nothing for too long is dropped")
  func stall() async throws {
    var limits = Limits()
    limits.writeStallSeconds = 1
    try await withServer(limits) { live in
      live.loop.spawn {
        _ = await live.becomes { live.responder.streams.refusals == 1 && live.server.connectionCount == 1 }
        live.responder.isOpen = true
      }
      let isReset = try await live.client { port in
        let wire = try Wire(port: port, receiveBufferBytes: 4_096)
        try wire.send(get("/stream/flood/100000"))
        let other = try Wire(port: port)
        try other.send(get("/wait"))
        _ = try other.reply()
        do { _ = try wire.rest() } catch Wire.Trouble.socket(ECONNRESET) { return true }
        return false
      }
      #expect(isReset)
    }
  }

  @Test("the time of idle connections does not end a stream that is silent for longer")
  func silence() async throws {
    var limits = Limits()
    limits.keepAliveSeconds = 1
    limits.writeStallSeconds = 1
    limits.lingerSeconds = 1
    try await withServer(limits) { live in
      let (chunks, isClosed) = try await live.client { port in
        let wire = try Wire(port: port)
        try wire.send(get("/stream/slow/2600"))
        _ = try wire.reply()
        return ([try wire.chunk(), try wire.chunk(), try wire.chunk()], try wire.isClosedByPeer())
      }
      #expect(chunks == ["1", "2", nil])
      #expect(isClosed, "idle again, it is closed after that time")
    }
  }

  // MARK: The server stops

  @Test(
    "stop ends the producer, then the connection; the body is not made to look whole",
    arguments: ["/stream/held", "/stream/flood/100000"])
  func stop(path: String) async throws {
    try await withServer { live in
      live.loop.spawn {
        _ = await live.becomes { live.responder.isOpen }
        await live.server.stop(withinMilliseconds: 60_000)
        #expect(live.responder.streams.running == 0, "the producers end before the server has stopped")
        #expect(live.responder.streams.refusals == 1)
      }
      let rest = try await live.client { port in
        let wire = try Wire(port: port, receiveBufferBytes: 4_096)
        try wire.send(get(path))
        if path == "/stream/held" {
          _ = try wire.reply()
          #expect(try wire.chunk() == "held")
        } else {
          _ = try Self.standstill(port)
        }
        let other = try Wire(port: port)
        try other.send(get("/open", "Connection: close"))
        _ = try other.reply()
        return try wire.rest()
      }
      #expect(!rest.hasSuffix("0\r\n\r\n"))
      #expect(await live.becomes { live.server.connectionCount == 0 })
      #expect(live.responder.streams.refusals == 1)
    }
  }

  @Test("a stream that is asked for before a stop and begins after it ends at once")
  func streamAfterStop() async throws {
    try await withServer { live in
      live.loop.spawn {
        _ = await live.becomes { live.responder.asked == 1 }
        live.loop.spawn {
          _ = await live.becomes { live.server.port == 0 }
          live.responder.isOpen = true
        }
        await live.server.stop(withinMilliseconds: 30_000)
      }
      let (head, rest) = try await live.client { port in
        let wire = try Wire(port: port)
        try wire.send(get("/wait/stream/held"))
        return (try wire.reply(), try wire.rest())
      }
      #expect(head.closes)
      #expect(rest.isEmpty)
      #expect(live.responder.streams.begun == 1 && live.responder.streams.refusals == 1)
    }
  }

  // MARK: Other forms

  @Test("in HTTP/1.0 the close is the end, whatever the client wishes", arguments: ["X: y", "Connection: keep-alive"])
  func oldVersion(field: String) async throws {
    try await withServer { live in
      let (head, rest) = try await live.client { port in
        let wire = try Wire(port: port)
        try wire.send("GET /stream/flood/2 HTTP/1.0\r\n\(field)\r\n\r\n" + get("/never"))
        return (try wire.reply(), try wire.rest())
      }
      #expect(head.closes)
      #expect(head.fields["transfer-encoding"] == nil && head.fields["content-length"] == nil)
      #expect(rest == String(repeating: "x", count: 20_000))
      #expect(live.responder.asked == 1)
    }
  }

  @Test("HEAD has the head of GET, and nothing is produced")
  func head() async throws {
    try await withServer { live in
      let (head, full, next) = try await live.client { port in
        let wire = try Wire(port: port)
        try wire.send("HEAD /stream/empty HTTP/1.1\r\nHost: a\r\n\r\n" + get("/next"))
        let head = try wire.reply(toHead: true)
        let next = try wire.reply().text
        try wire.send(get("/stream/empty"))
        return (head, try wire.reply(), next)
      }
      #expect(head.fields.filter { $0.key != "date" } == full.fields.filter { $0.key != "date" })
      #expect(next == "GET /next ")
      #expect(live.responder.streams.begun == 1)
    }
  }

  @Test("an empty piece does not end the body, and is not sent")
  func empty() async throws {
    try await withServer { live in
      let (chunk, next) = try await live.client { port in
        let wire = try Wire(port: port)
        try wire.send(get("/stream/empty") + get("/next"))
        _ = try wire.reply()
        return (try wire.chunk(), try wire.reply().text)
      }
      #expect(chunk == nil)
      #expect(next == "GET /next ")
      #expect(live.responder.streams.refusals == 0)
    }
  }

  @Test("a writer that is kept after its stream writes nothing into the next answer")
  func keptWriter() async throws {
    try await withServer { live in
      let (chunks, late) = try await live.client { port in
        let wire = try Wire(port: port)
        try wire.send(get("/stream/kept"))
        _ = try wire.reply()
        let chunks = [try wire.chunk(), try wire.chunk()]
        try wire.send(get("/stream/late"))
        return (chunks, try wire.reply().text)
      }
      #expect(chunks == ["kept", nil])
      #expect(late == "false")
    }
  }

  // MARK: Failures

  @Test("what fails before there is a stream is an answer like any other")
  func refused() async throws {
    try await withServer { live in
      let (reply, next) = try await live.client { port in
        let wire = try Wire(port: port)
        try wire.send(get("/stream/refused") + get("/next"))
        return (try wire.reply(), try wire.reply().text)
      }
      #expect(reply.status == 503)
      #expect(reply.text == "not now")
      #expect(next == "GET /next ")
    }
  }

  @Test("a producer that fails resets the connection", arguments: [0, 1], ["1.0", "1.1"])
  func failing(pieces: Int, version: String) async throws {
    try await withServer { live in
      let isReset = try await live.client { port in
        let wire = try Wire(port: port)
        try wire.send("GET /stream/failing/\(pieces) HTTP/\(version)\r\nHost: a\r\n\r\n" + get("/never"))
        do { _ = try wire.rest() } catch Wire.Trouble.socket(ECONNRESET) { return true }
        return false
      }
      #expect(isReset)
      #expect(live.responder.asked == 1)
    }
  }
}

/// A connection that another thread takes over.
///
/// `@unchecked Sendable`: the thread that made it does not use it any more.
private struct Handed: @unchecked Sendable { let wire: Wire }
