import EventLoop
import Glibc
import TestSupport
import Testing

@Suite struct BrokenConnectionTests {
  /// A peer that resets while much is still to be written: reads and writes fail, and that is told once.
  @Test("a reset is told once") func reset() async throws {
    // As the program does at its start.
    signal(SIGPIPE, SIG_IGN)
    try await onLoop { loop in
      var ends: [TCPConnection.Arrival] = []
      var kept: TCPConnection?
      let listener = try TCPListener(on: loop, host: "127.0.0.1", port: 0) { connection in
        kept = connection
        connection.open(received: { _ in }, ended: { ends.append($0) }, drained: {})
        for _ in 0..<8 { connection.write([UInt8](repeating: 7, count: 4_000_000).span) }
      }
      let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = listener.port.bigEndian
      address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
      let connected = unsafe withUnsafePointer(to: &address) { pointer in
        unsafe connect(
          client, UnsafeRawPointer(pointer).assumingMemoryBound(to: sockaddr.self),
          socklen_t(MemoryLayout<sockaddr_in>.size))
      }
      #expect(connected == 0)
      let end = EventLoop.monotonicNanoseconds + 10_000_000_000
      while kept == nil, EventLoop.monotonicNanoseconds < end { await loop.sleep(milliseconds: 1) }
      #expect((kept?.queuedBytes ?? 0) > 0)
      var linger = linger(l_onoff: 1, l_linger: 0)
      unsafe setsockopt(client, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
      close(client)
      while ends.isEmpty, EventLoop.monotonicNanoseconds < end { await loop.sleep(milliseconds: 1) }
      for _ in 0..<50 { await loop.sleep(milliseconds: 1) }
      #expect(ends.count == 1)
      kept?.close()
    }
  }
}
