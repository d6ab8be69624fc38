import EventLoop
import Glibc
import TestSupport
import Testing

@Suite struct TCPTests {
  /// Connects to a loopback port, and closes with the test.
  private final class Socket {
    let file: Int32

    init(port: UInt16) {
      file = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = port.bigEndian
      address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
      let connected = unsafe withUnsafePointer(to: &address) {
        unsafe connect(
          file, UnsafeRawPointer($0).assumingMemoryBound(to: sockaddr.self), socklen_t(MemoryLayout<sockaddr_in>.size))
      }
      precondition(connected == 0)
    }

    deinit { close(file) }

    func send(_ bytes: [UInt8]) {
      var sent = 0
      while sent < bytes.count {
        let count = unsafe bytes[sent...].withUnsafeBytes { unsafe write(file, $0.baseAddress, $0.count) }
        precondition(count > 0)
        sent += count
      }
    }

    func receive(_ wanted: Int) -> [UInt8] {
      var received: [UInt8] = []
      var buffer = [UInt8](repeating: 0, count: 65_536)
      while received.count < wanted {
        let count = unsafe read(file, &buffer, buffer.count)
        guard count > 0 else { break }
        received += buffer[..<count]
      }
      return received
    }
  }

  @Test("bytes come back, however many, and the end is told") func echo() async throws {
    let size = 8_000_000
    let equal = try await onLoop { loop in
      var connections: [TCPConnection] = []
      var hasEnded = false
      let listener = try TCPListener(on: loop, host: "127.0.0.1", port: 0) { connection in
        connections.append(connection)
        connection.open(
          received: { connection.write($0) },
          ended: { _ in
            hasEnded = true
            connection.finishWriting()
          }, drained: {})
      }
      let port = listener.port
      let equal = await loop.offload {
        let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let socket = Socket(port: port)
        socket.send(Array(bytes[..<1_000]))
        guard socket.receive(1_000) == Array(bytes[..<1_000]) else { return false }
        for start in stride(from: 0, to: size, by: 100_000) {
          let part = Array(bytes[start..<start + 100_000])
          socket.send(part)
          guard socket.receive(part.count) == part else { return false }
        }
        shutdown(socket.file, Int32(SHUT_WR))
        return socket.receive(1).isEmpty
      }
      #expect(hasEnded)
      for connection in connections { connection.close() }
      return equal
    }
    #expect(equal)
  }

  @Test("what the socket does not take is kept, and drained is told once it has gone") func drained() async throws {
    let size = 20_000_000
    try await onLoop { loop in
      var drainedCount = 0
      var queuedAtMost = 0
      var held: TCPConnection?
      let listener = try TCPListener(on: loop, host: "127.0.0.1", port: 0) { connection in
        held = connection
        connection.open(received: { _ in }, ended: { _ in }, drained: { drainedCount += 1 })
        connection.write([UInt8](repeating: 7, count: size).span)
        queuedAtMost = connection.queuedBytes
      }
      let port = listener.port
      let received = await loop.offload { Socket(port: port).receive(size).count }
      #expect(received == size)
      #expect(queuedAtMost > 0)
      while drainedCount == 0 { await loop.sleep(milliseconds: 1) }
      #expect(drainedCount == 1)
      held?.close()
    }
  }

  @Test("an aborted connection is reset, a released one is closed") func abort() async throws {
    try await onLoop { loop in
      var isFirst = true
      let listener = try TCPListener(on: loop, host: "127.0.0.1", port: 0) { connection in
        if isFirst { connection.abort() }
        isFirst = false
      }
      let port = listener.port
      for expected in [ECONNRESET, 0] {
        let outcome = await loop.offload {
          let socket = Socket(port: port)
          var byte: UInt8 = 0
          return unsafe read(socket.file, &byte, 1) < 0 ? errno : 0
        }
        #expect(outcome == expected)
      }
    }
  }

  @Test("two loops share a port, a third that does not share is refused") func sharedPort() async throws {
    try await onLoop { loop in
      let first = try TCPListener(on: loop, host: "127.0.0.1", port: 0) { _ in }
      let second = try TCPListener(on: loop, host: "127.0.0.1", port: first.port) { _ in }
      #expect(first.port == second.port)
      #expect(throws: UVError.self) { try TCPListener(on: loop, host: "not numeric", port: 0) { _ in } }
    }
  }
}
