import Dispatch
import EventLoop
import Glibc
import HTTP
import Testing

@testable import HTTPServer

@Suite("clients that are slow, silent or half gone")
struct SlowClientTests {
  private static let shortTimes = {
    var limits = Limits()
    limits.headSeconds = 1
    limits.bodySeconds = 1
    limits.bodyIdleSeconds = 1
    limits.keepAliveSeconds = 1
    limits.writeStallSeconds = 1
    return limits
  }()

  @Test(
    "a head or a body that does not come to its end is cut off",
    arguments: ["G", "GET / HTTP/1.1\r\nHost: a\r\n", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nx"])
  func unfinished(bytes: String) async throws {
    try await withServer(Self.shortTimes) { live in
      let (reply, isClosed) = try await live.client { port in
        let wire = try Wire(port: port)
        try wire.send(bytes)
        return (try wire.reply(), try wire.isClosedByPeer())
      }
      #expect(reply.status == 408)
      #expect(reply.closes)
      #expect(isClosed)
      #expect(live.responder.asked == 0)
    }
  }

  @Test("an idle connection is closed without a word", arguments: ["", get("/x")])
  func idle(bytes: String) async throws {
    try await withServer(Self.shortTimes) { live in
      let isClosed = try await live.client { port in
        let wire = try Wire(port: port)
        try wire.send(bytes)
        if !bytes.isEmpty { _ = try wire.reply() }
        return try wire.isClosedByPeer()
      }
      #expect(isClosed)
    }
  }

  @Test("for a client that does not read only so much is made; others are served; it gets all once it reads")
  func notReading() async throws {
    let count = 600
    let size = 100_000
    try await withServer { live in
      let (made, sizes) = try await live.client { port in
        let slow = try Wire(port: port, receiveBufferBytes: 4_096)
        try slow.send(String(repeating: get("/big/\(size)"), count: count))
        let other = try Wire(port: port)
        // until the number stands still
        var made = 0
        var sameSince = 0
        while sameSince < 200 {
          try other.send(get("/asked"))
          let now = Int(try other.reply().text) ?? 0
          sameSince = now == made && now > 0 ? sameSince + 1 : 0
          made = now
        }
        return (made, try (0..<count).map { _ in try slow.reply().body.count })
      }
      #expect(made < count / 2)
      #expect(sizes == Array(repeating: size, count: count))
    }
  }

  @Test("a client that takes nothing for too long is cut off", arguments: ["X: y", "Connection: close"])
  func cutOff(field: String) async throws {
    try await withServer(Self.shortTimes) { live in
      let isCutOff = DispatchSemaphore(value: 0)
      live.loop.spawn {
        _ = await live.becomes { live.responder.bigAsked > 0 }
        if await live.becomes({ live.server.connectionCount == 0 }) { isCutOff.signal() }
      }
      let isReset = try await live.client { port in
        let slow = try Wire(port: port, receiveBufferBytes: 4_096)
        try slow.send(get("/big/50000000", field))
        guard isCutOff.wait(timeout: .now() + 30) == .success else { return false }
        do { _ = try slow.reply() } catch Wire.Trouble.socket(ECONNRESET) { return true }
        return false
      }
      #expect(isReset)
    }
  }

  @Test("a client that closed its sending side gets its answers", arguments: [1, 3])
  func halfClosed(count: Int) async throws {
    try await withServer { live in
      live.loop.spawn {
        _ = await live.becomes { live.responder.asked == 1 }
        live.responder.isOpen = true
      }
      let (replies, isClosed) = try await live.client { port in
        let wire = try Wire(port: port)
        try wire.send((0..<count).map { get("/wait\($0)") }.joined())
        wire.finish()
        return (try (0..<count).map { _ in try wire.reply() }, try wire.isClosedByPeer())
      }
      #expect(replies.map(\.text) == (0..<count).map { "GET /wait\($0) " })
      #expect(replies.map(\.closes) == (0..<count).map { $0 == count - 1 })
      #expect(isClosed)
    }
  }

  @Test(
    "a client that closes its sending side while a long answer goes out gets all of it",
    arguments: ["X: y", "Connection: close"])
  func halfClosedWithinAnAnswer(field: String) async throws {
    let size = 30_000_000
    try await withServer { live in
      let (count, isClosed) = try await live.client { port in
        let wire = try Wire(port: port, receiveBufferBytes: 4_096)
        try wire.send(get("/big/\(size)", field) + (field == "X: y" ? get("/big/\(size)") : ""))
        let other = try Wire(port: port)
        try other.send(get("/"))
        _ = try other.reply()
        wire.finish()
        try other.send(get("/"))
        _ = try other.reply()
        let first = try wire.reply().body.count
        let second = field == "X: y" ? try wire.reply().body.count : 0
        return (first + second, try wire.isClosedByPeer())
      }
      #expect(count == (field == "X: y" ? 2 * size : size))
      #expect(isClosed)
    }
  }
}
