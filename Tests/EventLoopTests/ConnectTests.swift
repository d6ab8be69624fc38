import EventLoop
import TestSupport
import Testing

@Suite struct ConnectTests {
  @Test("a connection that is made carries bytes both ways", arguments: ["127.0.0.1", "::1"])
  func connects(_ host: String) async throws {
    let received = try await onLoop { loop in
      var accepted: [TCPConnection] = []
      let listener = try TCPListener(on: loop, host: host, port: 0) { connection in
        accepted.append(connection)
        connection.open(received: { connection.write($0) }, ended: { _ in }, drained: {})
      }
      var received: [UInt8] = []
      var told: [UVError?] = []
      let connection = try TCPConnection.connect(to: host, port: listener.port, on: loop) { told.append($0) }
      while told.isEmpty { await loop.sleep(milliseconds: 1) }
      #expect(told == [nil])
      connection.open(
        received: { bytes in for index in bytes.indices { received.append(bytes[index]) } }, ended: { _ in },
        drained: {})
      connection.write([1, 2, 3].span)
      while received.count < 3 { await loop.sleep(milliseconds: 1) }
      connection.close()
      for connection in accepted { connection.close() }
      return received
    }
    #expect(received == [1, 2, 3])
  }

  @Test("where nobody listens the refusal is told, once")
  func refused() async throws {
    try await onLoop { loop in
      var listener: TCPListener? = try TCPListener(on: loop, host: "127.0.0.1", port: 0) { _ in }
      let port = try #require(listener?.port)
      listener = nil
      // The socket closes in the next turn.
      await loop.sleep(milliseconds: 1)
      var told: [UVError?] = []
      let connection = try TCPConnection.connect(to: "127.0.0.1", port: port, on: loop) { told.append($0) }
      while told.isEmpty { await loop.sleep(milliseconds: 1) }
      for _ in 0..<20 { await loop.sleep(milliseconds: 1) }
      #expect(told.map { $0?.name } == ["ECONNREFUSED"])
      connection.close()
      #expect(throws: UVError.self) {
        try TCPConnection.connect(to: "not numeric", port: 1, on: loop) { _ in Issue.record("never told") }
      }
    }
  }

  @Test("a connection that is closed or released before it is made tells nothing")
  func closedEarly() async throws {
    try await onLoop { loop in
      let listener = try TCPListener(on: loop, host: "127.0.0.1", port: 0) { _ in }
      var connection: TCPConnection? = try TCPConnection.connect(to: "127.0.0.1", port: listener.port, on: loop) { _ in
        Issue.record("closed before")
      }
      connection?.close()
      for _ in 0..<10 { await loop.sleep(milliseconds: 1) }
      connection = try TCPConnection.connect(to: "127.0.0.1", port: listener.port, on: loop) { _ in
        Issue.record("released before")
      }
      connection = nil
      for _ in 0..<10 { await loop.sleep(milliseconds: 1) }
    }
  }

  @Test("an alarm fires at its moment, not before, and once; a new moment takes the place of the old one")
  func alarm() async throws {
    try await onLoop { loop in
      var moments: [UInt64] = []
      let alarm = try Alarm(on: loop) { moments.append(EventLoop.monotonicNanoseconds) }
      let begin = EventLoop.monotonicNanoseconds
      alarm.set(at: begin + 3_600_000_000_000)
      alarm.set(at: begin + 2_500_000)
      while moments.isEmpty { await loop.sleep(milliseconds: 1) }
      #expect(moments[0] >= begin + 2_500_000)
      for over in [begin, 0, 1] {
        let count = moments.count
        alarm.set(at: over)
        let end = EventLoop.monotonicNanoseconds + 10_000_000_000
        while moments.count == count, EventLoop.monotonicNanoseconds < end { await loop.sleep(milliseconds: 1) }
      }
      for _ in 0..<20 { await loop.sleep(milliseconds: 1) }
      #expect(moments.count == 4)
    }
  }

  @Test("a released alarm never fires")
  func released() async throws {
    try await onLoop { loop in
      var alarm: Alarm? = try Alarm(on: loop) { Issue.record("released before") }
      alarm?.set(at: EventLoop.monotonicNanoseconds + 2_000_000)
      alarm = nil
      for _ in 0..<20 { await loop.sleep(milliseconds: 1) }
    }
  }
}
