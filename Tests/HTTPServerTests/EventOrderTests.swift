import HTTP
import Testing

@testable import HTTPServer

/// Follows a machine through any order of events and holds it to what must always be true.
private struct Observer {
  var probe = Probe()
  var sent = 0
  var responded = 0
  var isAnswering = false
  var producer = Producer.none
  var hasFinished = false
  var isOver = false
  var isPaused = false
  var hasEnded = false
  /// A request was begun and not ended.
  var isWithinRequest = false
  var problem: String?

  enum Producer: Equatable {
    case none
    case running(keepAlive: Bool)
    /// It waits in a write.
    case waiting(keepAlive: Bool)
    case toldToEnd
    /// It has thrown, and nobody has been told yet.
    case failed
  }

  private mutating func check(_ condition: Bool, _ what: String) { if !condition, problem == nil { problem = what } }

  /// False if the event cannot happen now.
  mutating func happen(_ event: Event) -> Bool {
    let wasOver = isOver
    let wishes: [Wish]
    switch event {
    case .request, .lastRequest, .halfRequest, .restOfRequest, .garbage:
      // a socket that is not read, or has ended, gives nothing
      guard !isPaused, !hasEnded, (event == .restOfRequest) == isWithinRequest else { return false }
      wishes = probe.receive(bytes(of: event))
    case .end:
      guard !hasEnded, !isPaused else { return false }
      hasEnded = true
      wishes = probe.end()
    case .broke: wishes = probe.breakOff()
    case .answered, .answeredMuch:
      guard isAnswering else { return false }
      isAnswering = false
      wishes = probe.answer(queuedBytes: event == .answered ? 0 : Probe.limits.writeQueueBytesMax + 1)
    case .streamBegan, .lastStreamBegan:
      guard isAnswering else { return false }
      isAnswering = false
      let keepAlive = event == .streamBegan && !probe.machine.mustClose
      producer = .running(keepAlive: keepAlive)
      wishes = probe.beginStream(keepAlive: keepAlive)
    case .streamed, .streamedMuch:
      guard case .running = producer else { return false }
      wishes = probe.stream(
        10, taken: event == .streamed ? 10 + probe.queuedBytes : -Probe.limits.writeQueueBytesMax)
    case .streamEnded:
      switch producer {
      case .none, .waiting, .failed: return false
      case .running(let keepAlive):
        producer = .none
        wishes = probe.endStream()
        check(keepAlive || wishes.contains(.finish), "the close is said: \(wishes)")
      case .toldToEnd:
        producer = .none
        wishes = probe.endStream()
        check(wishes.contains(.finish), "nothing follows a body that was cut short: \(wishes)")
      }
    case .streamFailed:
      switch producer {
      case .none, .waiting, .failed: return false
      case .running: producer = .failed
      case .toldToEnd: producer = .none
      }
      wishes = probe.failStream()
    case .drained:
      guard probe.queuedBytes > 0 else { return false }
      wishes = probe.drain()
    case .shortTick: wishes = probe.pass(milliseconds: 500)
    case .longTick: wishes = probe.pass(milliseconds: 6_000)
    case .stop: wishes = probe.stop()
    }
    check(!wasOver || wishes.isEmpty, "nothing is wished for after close: \(wishes)")
    for wish in wishes { follow(wish) }
    check(isOver == probe.machine.isClosed, "it is closed when it said so")
    return true
  }

  private mutating func bytes(of event: Event) -> String {
    switch event {
    case .request, .lastRequest:
      sent += 1
      return (event == .request ? Probe.requestText : Probe.lastRequestText).replacing("%N", with: "\(sent)")
    case .halfRequest:
      isWithinRequest = true
      sent += 1
      return "POST /\(sent) HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na"
    case .restOfRequest:
      isWithinRequest = false
      return "bc"
    default: return "\u{1}\r\n"
    }
  }

  private mutating func follow(_ wish: Wish) {
    check(!isOver, "close is the last wish, not \(wish)")
    switch wish {
    case .respond(let path):
      check(!isAnswering && producer == .none, "two requests at once")
      check(!hasFinished, "a request after the end of the answers")
      responded += 1
      check(path == "/\(responded)", "the order of requests: \(path) is not /\(responded)")
      isAnswering = true
    case .refuse:
      check(!isAnswering && producer == .none && !hasFinished, "a refusal in its turn, once")
    case .finish:
      check(!isAnswering && producer == .none && !hasFinished, "the end once, after the last answer")
      hasFinished = true
    case .pauseReading: isPaused = true
    case .resumeReading: isPaused = false
    case .pauseStream:
      guard case .running(let keepAlive) = producer else { return check(false, "only what runs is made to wait") }
      producer = .waiting(keepAlive: keepAlive)
    case .resumeStream:
      guard case .waiting(let keepAlive) = producer else { return check(false, "only what waits goes on") }
      producer = .running(keepAlive: keepAlive)
    case .endStream:
      check(producer != .none && producer != .toldToEnd, "a producer is told once")
      producer = producer == .failed ? .none : .toldToEnd
    case .close:
      check(producer == .none || producer == .toldToEnd, "its producer knows before the connection closes")
      isOver = true
      isAnswering = false
      producer = .none
    case .sendContinue: check(false, "nobody expects it")
    case .abort: check(probe.queuedBytes > 0 || producer == .failed, "a reset drops what is queued, or breaks off")
    }
  }

  /// However it stands: once the answer is there, or the producer done, and the peer takes nothing and says nothing, it comes to an end.
  mutating func drain() {
    for _ in 0..<20 where !isOver {
      if isAnswering { _ = happen(.answered) }
      _ = happen(.streamEnded)
      _ = happen(.longTick)
    }
    check(isOver, "time brings it to an end")
  }
}

@Suite("orders of events")
struct EventOrderTests {
  @Test("every order of up to five events keeps the rules")
  func everyOrder() {
    var count = 0
    func explore(_ observer: Observer, _ path: [Event], _ left: Int) {
      for event in Event.allCases {
        var next = observer
        guard next.happen(event) else { continue }
        count += 1
        if next.problem == nil, left == 1 { next.drain() }
        if let problem = next.problem {
          Issue.record("\(path + [event]): \(problem)")
        } else if left > 1 {
          explore(next, path + [event], left - 1)
        }
      }
    }
    explore(Observer(), [], 5)
    #expect(count > 10_000)
  }

  @Test("random long orders keep the rules")
  func randomOrders() {
    let seed = UInt64.random(in: 1...UInt64.max)
    var state = seed
    func random(below bound: Int) -> Int {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Int(state % UInt64(bound))
    }
    for _ in 0..<2_000 {
      var observer = Observer()
      var path: [Event] = []
      while path.count < 40, observer.problem == nil {
        let event = Event.allCases[random(below: Event.allCases.count)]
        // what ends a connection comes seldom, so that the orders are long
        if [.broke, .end, .stop, .garbage, .longTick, .streamFailed].contains(event), random(below: 8) > 0 { continue }
        if observer.happen(event) { path.append(event) }
      }
      observer.drain()
      if let problem = observer.problem {
        Issue.record("seed \(seed), \(path): \(problem)")
        return
      }
    }
  }
}
