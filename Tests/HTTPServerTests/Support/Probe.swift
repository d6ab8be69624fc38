import HTTP

@testable import HTTPServer

/// What a machine may be told.
enum Event: CaseIterable, Sendable {
  case request, lastRequest, halfRequest, restOfRequest, garbage, end, broke, answered, answeredMuch, drained
  case shortTick, longTick, stop
  case streamBegan, lastStreamBegan, streamed, streamedMuch, streamEnded, streamFailed
}

/// What a machine wants done, without the values.
enum Wish: Equatable, Sendable {
  case respond(String)
  case sendContinue
  case refuse(Int)
  case pauseReading, resumeReading, pauseStream, resumeStream, endStream, finish, close, abort

  init(_ action: ConnectionMachine.Action) {
    switch action {
    case .respond(let request): self = .respond(request.rawPath)
    case .sendContinue: self = .sendContinue
    case .refuse(let status): self = .refuse(status.code)
    case .pauseReading: self = .pauseReading
    case .resumeReading: self = .resumeReading
    case .pauseStream: self = .pauseStream
    case .resumeStream: self = .resumeStream
    case .endStream: self = .endStream
    case .finish: self = .finish
    case .close: self = .close
    case .abort: self = .abort
    }
  }
}

/// A machine with a clock of its own.
struct Probe {
  static let requestText = "GET /%N HTTP/1.1\r\nHost: a\r\n\r\n"
  static let lastRequestText = "GET /%N HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"

  static let limits = {
    var limits = Limits()
    limits.headSeconds = 1
    limits.bodySeconds = 4
    limits.bodyIdleSeconds = 2
    limits.writeStallSeconds = 3
    limits.keepAliveSeconds = 5
    limits.lingerSeconds = 2
    limits.connectionAgeSeconds = 60
    return limits
  }()

  var machine: ConnectionMachine
  var now = 1_000_000
  /// What the socket has not taken.
  var queuedBytes = 0
  var wishes: [Wish] = []

  init(limits: Limits = Probe.limits) { machine = ConnectionMachine(limits: limits, now: now) }

  mutating func note(_ actions: [ConnectionMachine.Action]) -> [Wish] {
    let new = actions.map(Wish.init)
    wishes += new
    return new
  }

  @discardableResult mutating func receive(_ text: String) -> [Wish] { receive(Array(text.utf8)) }
  @discardableResult mutating func receive(_ bytes: [UInt8]) -> [Wish] { note(machine.received(bytes.span, now: now)) }
  @discardableResult mutating func end() -> [Wish] { note(machine.peerFinished(queuedBytes: queuedBytes, now: now)) }
  @discardableResult mutating func breakOff() -> [Wish] { note(machine.broke()) }
  @discardableResult mutating func stop() -> [Wish] { note(machine.stop(queuedBytes: queuedBytes, now: now)) }

  @discardableResult mutating func answer(queuedBytes: Int = 0) -> [Wish] {
    self.queuedBytes = queuedBytes
    return note(machine.answered(queuedBytes: queuedBytes, now: now))
  }

  @discardableResult mutating func beginStream(keepAlive: Bool = true) -> [Wish] {
    note(machine.streamBegan(keepAlive: keepAlive && !machine.mustClose, queuedBytes: queuedBytes, now: now))
  }

  /// - Parameter taken: how much of all that is queued the socket takes.
  @discardableResult mutating func stream(_ byteCount: Int, taken: Int) -> [Wish] {
    queuedBytes += byteCount - taken
    return note(machine.streamed(byteCount, queuedBytes: queuedBytes, now: now))
  }

  @discardableResult mutating func endStream() -> [Wish] {
    note(machine.streamEnded(queuedBytes: queuedBytes, now: now))
  }

  @discardableResult mutating func failStream() -> [Wish] {
    note(machine.streamFailed(queuedBytes: queuedBytes, now: now))
  }

  @discardableResult mutating func drain() -> [Wish] {
    queuedBytes = 0
    return note(machine.drained(now: now))
  }

  /// Lets time pass, and tells the machine at its end.
  @discardableResult mutating func pass(milliseconds: Int) -> [Wish] {
    now += milliseconds
    return note(machine.tick(queuedBytes: queuedBytes, now: now))
  }
}
