import HTTP
import Testing

@testable import HTTPServer

@Suite("what a connection does next while it streams")
struct StreamMachineTests {
  private static let much = Probe.limits.writeQueueBytesMax + 1

  private enum Standing: CaseIterable { case streaming, blocked }

  /// A machine in one of the two states with a live stream; when blocked, `much` is queued.
  private func probe(_ standing: Standing, keepAlive: Bool = true) -> Probe {
    var probe = Probe()
    probe.receive(get("/1"))
    probe.beginStream(keepAlive: keepAlive)
    if standing == .blocked { probe.stream(Self.much, taken: 0) }
    #expect(probe.machine.isStreaming)
    return probe
  }

  @Test("the next request waits for the end of the stream, wherever the bytes are cut and whenever the stream begins")
  func pipelined() {
    let bytes = Array((get("/1") + get("/2") + get("/3")).utf8)
    let first = get("/1").utf8.count
    for cut in first...bytes.count {
      for beginsBetween in [false, true] {
        var probe = Probe()
        #expect(probe.receive(Array(bytes[..<cut])) == [.respond("/1")])
        if beginsBetween { #expect(probe.beginStream() == []) }
        #expect(probe.receive(Array(bytes[cut...])) == [])
        if !beginsBetween { #expect(probe.beginStream() == []) }
        #expect(probe.stream(100, taken: 100) == [])
        #expect(probe.endStream() == [.respond("/2")])
        #expect(!probe.machine.isStreaming)
        #expect(probe.beginStream() == [])
        #expect(probe.endStream() == [.respond("/3")])
        #expect(probe.answer() == [])
      }
    }
  }

  @Test("the producer waits while much is queued, and goes on when it has gone out")
  func backPressure() {
    var probe = probe(.streaming)
    #expect(probe.stream(Self.much - 1, taken: 0) == [], "so much may be queued")
    #expect(probe.stream(1, taken: 0) == [.pauseStream])
    #expect(probe.machine.isStreaming)
    probe.queuedBytes = 1
    #expect(probe.pass(milliseconds: 500) == [])
    #expect(probe.drain() == [.resumeStream])
    #expect(probe.stream(Self.much, taken: Self.much) == [])
    #expect(probe.drain() == [], "nobody waits")
  }

  @Test("a client that sends no more ends the stream, and gets nothing after it")
  func halfClosed() {
    for standing in Standing.allCases {
      var probe = probe(standing)
      probe.receive(get("/2"))
      #expect(probe.end() == [.endStream])
      #expect(!probe.machine.isStreaming && !probe.machine.isClosed)
      #expect(probe.stream(9, taken: 9) == [], "what the producer did not know yet")
      #expect(probe.endStream() == (standing == .streaming ? [.finish, .close] : [.finish]))
      if standing == .blocked { #expect(probe.drain() == [.close]) }
    }
  }

  @Test("a break-off ends the stream")
  func broke() {
    for standing in Standing.allCases {
      var probe = probe(standing)
      #expect(probe.breakOff() == [.endStream, .close])
      #expect(probe.endStream() == [] && probe.failStream() == [] && probe.drain() == [] && probe.end() == [])
      probe = self.probe(standing)
      probe.end()
      #expect(probe.breakOff() == [.close], "it has been told")
    }
  }

  @Test("stop ends the stream, and then the connection")
  func stop() {
    for standing in Standing.allCases {
      var probe = probe(standing)
      probe.receive(get("/2"))
      #expect(probe.stop() == [.endStream])
      #expect(probe.stop() == [])
      #expect(probe.receive(get("/3")) == [])
      #expect(probe.endStream() == [.finish])
      if standing == .blocked { #expect(probe.drain() == []) }
      #expect(probe.end() == [.close])
    }
  }

  @Test("a stream that comes too late is ended at once", arguments: [true, false])
  func tooLate(isStopping: Bool) {
    var probe = Probe()
    probe.receive(get("/1"))
    if isStopping { probe.stop() } else { probe.end() }
    #expect(probe.machine.mustClose)
    #expect(probe.beginStream() == [.endStream])
    #expect(probe.endStream() == (isStopping ? [.finish] : [.finish, .close]))
  }

  @Test("a stream whose end is the close is followed by it")
  func untilClose() {
    var probe = probe(.streaming, keepAlive: false)
    probe.receive(get("/2"))
    #expect(probe.endStream() == [.finish])
    #expect(probe.end() == [.close])
  }

  @Test("a failed producer resets the connection, unless the stream was over before")
  func failed() {
    for standing in Standing.allCases {
      var probe = probe(standing)
      #expect(probe.failStream() == [.abort, .endStream, .close])
      probe = self.probe(standing)
      probe.stop()
      #expect(probe.failStream() == [.finish])
    }
  }

  @Test("the end of a stream with much queued is waited for")
  func draining() {
    var probe = probe(.blocked)
    probe.receive(get("/2"))
    #expect(probe.endStream() == [])
    #expect(probe.drain() == [.respond("/2")])
  }

  @Test("a client that sends ahead too far behind a stream is not read until its turn comes")
  func pausing() {
    var probe = probe(.streaming)
    let many = String(repeating: get("/2"), count: Probe.limits.pipelinedBytesMax / get("/2").utf8.count + 1)
    #expect(probe.receive(many) == [.pauseReading])
    #expect(probe.stop() == [.endStream])
    #expect(probe.endStream() == [.resumeReading, .finish])
  }

  // MARK: Time

  @Test("a silent stream lives on, whatever the times of idle connections are")
  func silence() {
    var probe = probe(.streaming)
    for _ in 0..<100 { #expect(probe.pass(milliseconds: 60_000) == []) }
    #expect(probe.stream(10, taken: 10) == [])
    #expect(probe.endStream() == [])
    #expect(probe.pass(milliseconds: 0) == [.close], "it is old, and idle at last")
  }

  @Test("a client that takes nothing is cut off")
  func stall() {
    for standing in Standing.allCases {
      var probe = probe(standing)
      if standing == .streaming { probe.stream(100, taken: 0) }
      #expect(probe.pass(milliseconds: 3_000) == [])
      #expect(probe.pass(milliseconds: 1) == [.abort, .endStream, .close])
    }
  }

  @Test("a client that takes nothing is cut off, though more is queued for it all the time")
  func stallBehindAGrowingQueue() {
    var probe = probe(.streaming)
    probe.stream(100, taken: 0)
    for _ in 0..<30 {
      #expect(probe.pass(milliseconds: 100) == [])
      #expect(probe.stream(10, taken: 0) == [])
    }
    #expect(probe.pass(milliseconds: 1) == [.abort, .endStream, .close])
  }

  @Test("a client that takes a little is not cut off, though the queue grows")
  func slowButMoving() {
    var probe = probe(.streaming)
    probe.stream(100, taken: 0)
    for _ in 0..<20 {
      #expect(probe.pass(milliseconds: 2_900) == [])
      #expect(probe.stream(10, taken: 1) == [])
    }
  }

  @Test("the time to take the first piece after a silence begins with the piece")
  func firstAfterSilence() {
    var probe = probe(.streaming)
    probe.pass(milliseconds: 50_000)
    #expect(probe.stream(10, taken: 0) == [])
    #expect(probe.pass(milliseconds: 3_000) == [])
    #expect(probe.pass(milliseconds: 1) == [.abort, .endStream, .close])
    probe = self.probe(.blocked)
    probe.drain()
    probe.pass(milliseconds: 50_000)
    #expect(probe.stream(10, taken: 0) == [])
    #expect(probe.pass(milliseconds: 3_000) == [])
  }
}
