import HTTP
import Testing

@testable import HTTPServer

@Suite("what a connection does next")
struct ConnectionMachineTests {
  private func get(_ name: String, _ fields: String...) -> String {
    "GET /\(name) HTTP/1.1\r\nHost: a\r\n\(fields.map { "\($0)\r\n" }.joined())\r\n"
  }

  // MARK: The states, one by one

  @Test("reading: a request is answered, and the next one after it")
  func reading() {
    var probe = Probe()
    #expect(probe.receive(get("1")) == [.respond("/1")])
    #expect(!probe.machine.mustClose)
    #expect(probe.answer() == [])
    #expect(probe.receive(get("2")) == [.respond("/2")])
    #expect(probe.answer() == [])
    #expect(probe.end() == [.close])
    #expect(probe.machine.isClosed)
  }

  @Test("answering: what comes meanwhile waits its turn")
  func answering() {
    var probe = Probe()
    #expect(probe.receive(get("1") + get("2") + "GET /3 HT") == [.respond("/1")])
    #expect(probe.receive("TP/1.1\r\nHost: a\r\n\r\n") == [])
    #expect(probe.answer() == [.respond("/2")])
    #expect(probe.answer() == [.respond("/3")])
    #expect(probe.answer() == [])
  }

  @Test("answering: a client that has sent all gets every answer, the last with close")
  func halfClosed() {
    var probe = Probe()
    probe.receive(get("1") + get("2"))
    #expect(probe.end() == [])
    #expect(!probe.machine.mustClose)
    #expect(probe.answer() == [.respond("/2")])
    #expect(probe.machine.mustClose)
    #expect(probe.answer() == [.finish, .close])
  }

  @Test("answering: a client that has sent all but the end of a request gets the answers before it")
  func halfClosedWithinARequest() {
    for queuedBytes in [0, 1] {
      var probe = Probe()
      probe.receive(get("1") + "GET /2")
      probe.end()
      #expect(probe.answer(queuedBytes: queuedBytes) == (queuedBytes == 0 ? [.close] : [.finish]))
      if queuedBytes > 0 { #expect(probe.drain() == [.close]) }
      #expect(probe.machine.isClosed)
    }
  }

  @Test("answering: a break-off closes, and the answer goes nowhere")
  func brokeWhileAnswering() {
    var probe = Probe()
    probe.receive(get("1"))
    #expect(probe.breakOff() == [.close])
    #expect(probe.answer() == [])
    #expect(probe.breakOff() == [] && probe.end() == [] && probe.stop() == [] && probe.receive(get("2")) == [])
  }

  @Test("draining: no further request is taken up while much is queued")
  func draining() {
    var probe = Probe()
    probe.receive(get("1") + get("2"))
    #expect(probe.answer(queuedBytes: Probe.limits.writeQueueBytesMax + 1) == [])
    #expect(probe.receive(get("3")) == [])
    #expect(probe.end() == [])
    #expect(probe.drain() == [.respond("/2")])
    #expect(probe.answer(queuedBytes: Probe.limits.writeQueueBytesMax) == [.respond("/3")], "so much may be queued")
  }

  @Test("lingering: the last answer is followed by the end, then by time for the peer to take it")
  func lingering() {
    var probe = Probe()
    probe.receive(get("1", "Connection: close") + get("2"))
    #expect(probe.machine.mustClose)
    #expect(probe.answer() == [.finish])
    #expect(probe.receive(get("3")) == [], "it is dropped")
    #expect(probe.pass(milliseconds: 1_999) == [])
    #expect(probe.pass(milliseconds: 1) == [.close])
  }

  @Test("lingering ends with the peer's end, unless bytes are still to go out")
  func lingeringEnds() {
    var probe = Probe()
    probe.receive(get("1", "Connection: close"))
    probe.answer()
    #expect(probe.end() == [.close])
    probe = Probe()
    probe.receive(get("1", "Connection: close"))
    probe.answer(queuedBytes: 9)
    #expect(probe.end() == [])
    #expect(probe.drain() == [.close])
  }

  @Test("lingering: a long answer to a slow client is not cut off while it goes out")
  func slowLastAnswer() {
    var probe = Probe()
    probe.receive(get("1", "Connection: close"))
    probe.answer(queuedBytes: 100)
    for left in stride(from: 99, through: 1, by: -1) {
      probe.queuedBytes = left
      #expect(probe.pass(milliseconds: 2_500) == [])
    }
    #expect(probe.drain() == [])
    #expect(probe.pass(milliseconds: 1_999) == [])
    #expect(probe.pass(milliseconds: 1) == [.close])
  }

  @Test("lingering: only so much is dropped for a client that sends on")
  func lingeringFlood() {
    var limits = Probe.limits
    limits.lingerBytesMax = 10
    var probe = Probe(limits: limits)
    #expect(probe.receive("\u{1}") == [.refuse(400), .finish])
    #expect(probe.receive("123456789") == [])
    #expect(probe.receive("0") == [])
    #expect(probe.receive("1") == [.close])
  }

  @Test(
    "garbage is refused, in its turn",
    arguments: [("\u{0}", 400), ("BREW / HTTP/1.1\r\n", 501), ("GET / HTTP/2.0\r\n", 505)])
  func garbage(bytes: String, status: Int) {
    var probe = Probe()
    #expect(probe.receive(bytes) == [.refuse(status), .finish])
    #expect(probe.machine.mustClose)
    probe = Probe()
    #expect(probe.receive(get("1") + bytes) == [.respond("/1")])
    #expect(probe.answer() == [.refuse(status), .finish])
  }

  @Test("100 Continue is said while the body is awaited, not when it is there")
  func expectContinue() {
    let head = "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
    var probe = Probe()
    #expect(probe.receive(head) == [.sendContinue])
    #expect(probe.receive("hi") == [.respond("/1")])
    probe = Probe()
    #expect(probe.receive(head + "h") == [])
    #expect(probe.receive("i") == [.respond("/1")])
  }

  @Test("a client that sends ahead too far is not read until its turn comes")
  func pausing() {
    var limits = Probe.limits
    limits.pipelinedBytesMax = limits.headBytesMax
    var probe = Probe(limits: limits)
    let one = get("1")
    let many = String(repeating: one, count: limits.pipelinedBytesMax / one.utf8.count + 2)
    #expect(probe.receive(one) == [.respond("/1")])
    #expect(probe.receive(many) == [.pauseReading])
    #expect(probe.receive(one) == [], "once is enough")
    #expect(probe.answer() == [.respond("/1")])
    #expect(probe.answer() == [.respond("/1")])
    #expect(probe.answer() == [.respond("/1"), .resumeReading])
    #expect(probe.answer() == [.respond("/1")])
  }

  // MARK: Time

  @Test("a head may take so long, however it drips")
  func headTime() {
    var probe = Probe()
    probe.receive("G")
    for _ in 0..<10 {
      #expect(probe.pass(milliseconds: 100) == [])
      probe.receive("E")
    }
    #expect(probe.pass(milliseconds: 1) == [.refuse(408), .finish])
  }

  @Test("a body may take so long in all, and so long between two pieces")
  func bodyTime() {
    let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n"
    var probe = Probe()
    probe.receive(head)
    #expect(probe.pass(milliseconds: 2_000) == [])
    #expect(probe.pass(milliseconds: 1) == [.refuse(408), .finish])
    probe = Probe()
    probe.receive(head)
    for _ in 0..<4 {
      #expect(probe.pass(milliseconds: 1_000) == [])
      probe.receive("x")
    }
    #expect(probe.pass(milliseconds: 1) == [.refuse(408), .finish])
  }

  @Test("an idle connection is kept so long, from its last answer on")
  func idleTime() {
    var probe = Probe()
    #expect(probe.pass(milliseconds: 4_000) == [])
    probe.receive(get("1"))
    #expect(probe.pass(milliseconds: 100_000) == [], "an answer may take as long as it takes")
    probe = Probe()
    probe.receive(get("1"))
    probe.pass(milliseconds: 3_000)
    probe.answer()
    #expect(probe.pass(milliseconds: 5_000) == [])
    #expect(probe.pass(milliseconds: 1) == [.close])
  }

  @Test("an old connection closes at its first idle moment")
  func age() {
    var probe = Probe()
    probe.receive(get("1"))
    probe.pass(milliseconds: 60_001)
    #expect(probe.answer() == [])
    #expect(probe.pass(milliseconds: 0) == [.close])
  }

  @Test("a peer that takes nothing is cut off; one that takes a little is not", arguments: [true, false])
  func stall(isDraining: Bool) {
    let much = isDraining ? Probe.limits.writeQueueBytesMax + 100 : 100
    var probe = Probe()
    probe.receive(get("1"))
    probe.answer(queuedBytes: much)
    for taken in 1...20 {
      probe.queuedBytes = much - taken
      #expect(probe.pass(milliseconds: 2_900) == [])
    }
    #expect(probe.pass(milliseconds: 3_000) == [])
    #expect(probe.pass(milliseconds: 1) == [.abort, .close])
    #expect(probe.machine.isClosed)
  }

  // MARK: Stopping

  @Test("stop: idle connections close, a running request ends with close")
  func stop() {
    var probe = Probe()
    #expect(probe.stop() == [.close])
    probe = Probe()
    probe.receive(get("1") + get("2"))
    #expect(!probe.machine.mustClose)
    #expect(probe.stop() == [])
    #expect(probe.machine.mustClose)
    #expect(probe.answer() == [.finish])
  }

  @Test("stop: a request that has begun is answered")
  func stopWithinARequest() {
    var probe = Probe()
    probe.receive("GET /1 ")
    #expect(probe.stop() == [])
    #expect(probe.receive("HTTP/1.1\r\nHost: a\r\n\r\n") == [.respond("/1")])
    #expect(probe.machine.mustClose)
  }

  @Test("stop: what is queued goes out first")
  func stopWithQueue() {
    var probe = Probe()
    probe.receive(get("1"))
    probe.answer(queuedBytes: 7)
    #expect(probe.stop() == [.finish])
    #expect(probe.pass(milliseconds: 2_500) == [])
    #expect(probe.drain() == [])
    #expect(probe.pass(milliseconds: 2_000) == [.close])
    probe = Probe()
    probe.receive(get("1"))
    probe.answer(queuedBytes: Probe.limits.writeQueueBytesMax + 1)
    #expect(probe.stop() == [])
    #expect(probe.drain() == [.close])
  }
}
