import EventLoop
import Glibc
import TestSupport
import Testing

@Suite struct PollTests {
  /// Runs `body` with the two ends of a stream.
  private static func withPair(
    _ body: @escaping @Sendable (isolated EventLoop, Int32, Int32) async throws -> Void
  ) async throws {
    try await onLoop { loop in
      var ends: [Int32] = [0, 0]
      try #require(unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
      defer { for end in ends { close(end) } }
      try await body(loop, ends[0], ends[1])
    }
  }

  private static func waitUntil(_ loop: EventLoop, _ condition: () -> Bool) async -> Bool {
    let end = EventLoop.monotonicNanoseconds + 10_000_000_000
    while !condition(), EventLoop.monotonicNanoseconds < end { await loop.sleep(milliseconds: 1) }
    return condition()
  }

  @Test("what is watched is told, and nothing else") func events() async throws {
    try await Self.withPair { loop, near, far in
      var told: [PollHandle.Events] = []
      let poll = try PollHandle(on: loop, socket: near) { told.append($0) }
      poll.watch(.readable)
      await loop.sleep(milliseconds: 5)
      #expect(told.isEmpty)
      let sent = unsafe send(far, "x", 1, 0)
      #expect(sent == 1)
      #expect(await Self.waitUntil(loop) { !told.isEmpty })
      #expect(Set(told.map(\.rawValue)) == [PollHandle.Events.readable.rawValue])

      poll.watch(.writable)
      told = []
      #expect(await Self.waitUntil(loop) { !told.isEmpty })
      #expect(Set(told.map(\.rawValue)) == [PollHandle.Events.writable.rawValue])

      poll.watch([.readable, .writable])
      #expect(await Self.waitUntil(loop) { told.last == [.readable, .writable] })
      poll.stop()
      told = []
      for _ in 0..<20 { await loop.sleep(milliseconds: 0) }
      #expect(told.isEmpty)
    }
  }

  @Test("a peer that hangs up makes the socket readable") func hangUp() async throws {
    try await Self.withPair { loop, near, far in
      var told: [PollHandle.Events] = []
      let poll = try PollHandle(on: loop, socket: near) { told.append($0) }
      poll.watch(.readable)
      shutdown(far, Int32(SHUT_RDWR))
      #expect(await Self.waitUntil(loop) { told.contains { $0.contains(.readable) } })
    }
  }

  @Test("a poll that is released, even by its own action, is told nothing more") func released() async throws {
    try await Self.withPair { loop, near, far in
      var count = 0
      var poll: PollHandle?
      poll = try PollHandle(on: loop, socket: near) { _ in
        count += 1
        poll = nil
      }
      poll?.watch(.writable)
      #expect(await Self.waitUntil(loop) { count > 0 })
      for _ in 0..<20 { await loop.sleep(milliseconds: 0) }
      #expect(count == 1)
      let sent = unsafe send(far, "x", 1, 0)
      #expect(sent == 1)
    }
  }

  @Test("a file cannot be polled") func file() async throws {
    try await onLoop { loop in
      let nowhere = unsafe open("/etc/passwd", O_RDONLY | O_CLOEXEC)
      defer { close(nowhere) }
      do {
        _ = try PollHandle(on: loop, socket: nowhere) { _ in }
        Issue.record("polled")
      } catch let error as UVError { #expect(error.name == "EPERM") }
    }
  }
}
