import HTTP
import Testing

@testable import HTTPServer

/// Follows a machine through any order of events and holds it to what must always be true.
private struct Observer {
  var probe = Probe()
  var sent = 0
  var responded = 0
  var isAnswering = false
  var hasFinished = false
  var isOver = false
  var isPaused = false
  var hasEnded = false
  /// A request was begun and not ended.
  var isWithinRequest = false
  var problem: String?

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
      check(!isAnswering, "two requests at once")
      check(!hasFinished, "a request after the end of the answers")
      responded += 1
      check(path == "/\(responded)", "the order of requests: \(path) is not /\(responded)")
      isAnswering = true
    case .refuse:
      check(!isAnswering && !hasFinished, "a refusal in its turn, once")
    case .finish:
      check(!isAnswering && !hasFinished, "the end once, after the last answer")
      hasFinished = true
    case .pauseReading: isPaused = true
    case .resumeReading: isPaused = false
    case .close:
      isOver = true
      isAnswering = false
    case .sendContinue: check(false, "nobody expects it")
    case .abort: check(probe.queuedBytes > 0, "a reset only drops what is queued")
    }
  }

  /// However it stands: once the answer is there and the peer takes nothing and says nothing, it comes to an end.
  mutating func settle() {
    for _ in 0..<20 where !isOver {
      if isAnswering { _ = happen(.answered) }
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
        if next.problem == nil, left == 1 { next.settle() }
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
        if [.broke, .end, .stop, .garbage, .longTick].contains(event), random(below: 8) > 0 { continue }
        if observer.happen(event) { path.append(event) }
      }
      observer.settle()
      if let problem = observer.problem {
        Issue.record("seed \(seed), \(path): \(problem)")
        return
      }
    }
  }
}
