import HTTP

/// Decides what one connection does next. Pure: it takes events with the time they came at and returns actions;
/// `ServerConnection` carries them out. Times are in milliseconds.
struct ConnectionMachine {
  enum Action {
    /// Hand the request to the responder; `answered` follows.
    case respond(Request)
    case sendContinue
    /// Answer without a responder. `finish` or `close` follows.
    case refuse(Status)
    case pauseReading
    case resumeReading
    /// Send what is queued and say that nothing more comes; what still arrives is dropped.
    case finish
    case close
    /// Close with a reset: the peer does not take what is queued.
    case abort
  }

  private enum State {
    /// Takes bytes. May become answering, lingering or closed.
    case reading
    /// A request is with the responder. May become reading, draining, lingering or closed.
    case answering(keepAlive: Bool)
    /// Much is queued, and no further request is taken up until it has gone out. May become reading, answering,
    /// lingering or closed.
    case draining
    /// The last answer is on its way; what arrives is dropped. The time runs from when it has gone out. May become
    /// closed.
    case lingering(until: Int, bytesLeft: Int)
    case closed
  }

  private let limits: Limits
  private var parser: RequestParser
  private var state = State.reading
  /// Bytes that came while a request was being answered.
  private var pending: [UInt8] = []
  private var peerHasFinished = false
  private var isReadingPaused = false
  private var isStopping = false
  private let openedAt: Int
  private var phaseSince: Int
  private var lastArrival: Int
  private var lastProgress: Int
  /// What the socket had not taken at the last tick.
  private var queuedBytesSeen = 0

  init(limits: Limits, now: Int) {
    self.limits = limits
    parser = RequestParser(limits: limits)
    openedAt = now
    phaseSince = now
    lastArrival = now
    lastProgress = now
  }

  var isClosed: Bool { if case .closed = state { true } else { false } }

  // MARK: Events

  mutating func received(_ bytes: Span<UInt8>, now: Int) -> [Action] {
    lastArrival = now
    switch state {
    case .reading:
      return read(bytes, now: now)
    case .answering, .draining:
      keep(bytes)
      guard pending.count > limits.pipelinedBytesMax, !isReadingPaused else { return [] }
      isReadingPaused = true
      return [.pauseReading]
    case .lingering(let until, let bytesLeft):
      guard bytes.count <= bytesLeft else { return close() }
      state = .lingering(until: until, bytesLeft: bytesLeft - bytes.count)
      return []
    case .closed:
      return []
    }
  }

  /// The peer sends no more. It may still read.
  /// - Parameter queuedBytes: what the socket has not taken yet.
  mutating func peerFinished(queuedBytes: Int, now: Int) -> [Action] {
    peerHasFinished = true
    switch state {
    case .reading, .lingering: return close(after: queuedBytes, now: now)
    case .answering, .draining, .closed: return []
    }
  }

  mutating func broke() -> [Action] { close() }

  /// True if the answer to the present request must say that the connection closes.
  var mustClose: Bool {
    guard case .answering(let keepAlive) = state else { return true }
    return !keepAlive || isStopping || (peerHasFinished && pending.isEmpty)
  }

  /// The answer has been handed to the socket.
  /// - Parameter queuedBytes: what the socket has not taken yet.
  mutating func answered(queuedBytes: Int, now: Int) -> [Action] {
    guard case .answering = state else { return [] }
    lastProgress = now
    if mustClose {
      let isTaken = peerHasFinished && queuedBytes == 0
      return linger(now: now) + (isTaken ? close() : [])
    }
    if queuedBytes > limits.writeQueueBytesMax {
      state = .draining
      return []
    }
    return readOn(queuedBytes: queuedBytes, now: now)
  }

  /// All that was queued has gone out.
  mutating func drained(now: Int) -> [Action] {
    lastProgress = now
    switch state {
    case .draining: return readOn(queuedBytes: 0, now: now)
    case .lingering: return peerHasFinished ? close() : lingerOn(now: now)
    case .reading, .answering, .closed: return []
    }
  }

  /// The server takes no more requests.
  mutating func stop(queuedBytes: Int, now: Int) -> [Action] {
    isStopping = true
    if case .reading = state, case .idle = parser.phase { return close(after: queuedBytes, now: now) }
    return []
  }

  /// Some time has passed.
  mutating func tick(queuedBytes: Int, now: Int) -> [Action] {
    if isClosed { return [] }
    if queuedBytes < queuedBytesSeen { lastProgress = now }
    queuedBytesSeen = queuedBytes
    if queuedBytes > 0, now - lastProgress > limits.writeStallSeconds * 1_000 {
      state = .closed
      return [.abort, .close]
    }
    switch state {
    case .reading: return tickReading(queuedBytes: queuedBytes, now: now)
    case .lingering(let until, _):
      if queuedBytes > 0 { return lingerOn(now: now) }
      return now >= until ? close() : []
    case .answering, .draining, .closed: return []
    }
  }

  // MARK: Reading

  private mutating func tickReading(queuedBytes: Int, now: Int) -> [Action] {
    let phaseAge = now - phaseSince
    switch parser.phase {
    case .idle:
      let isOld = now - openedAt > limits.connectionAgeSeconds * 1_000
      return queuedBytes == 0 && (isOld || phaseAge > limits.keepAliveSeconds * 1_000) ? close() : []
    case .head:
      return phaseAge > limits.headSeconds * 1_000 ? refuse(.requestTimeout, now: now) : []
    case .body:
      let isLate = phaseAge > limits.bodySeconds * 1_000 || now - lastArrival > limits.bodyIdleSeconds * 1_000
      return isLate ? refuse(.requestTimeout, now: now) : []
    case .failed:
      return []
    }
  }

  private mutating func read(_ bytes: Span<UInt8>, now: Int) -> [Action] {
    var actions: [Action] = []
    var position = 0
    let phaseBefore = parser.phase
    while true {
      let step = parser.receive(bytes.extracting(position...))
      position += step.consumed
      switch step.event {
      case .needMore:
        if parser.phase != phaseBefore { phaseSince = now }
        return actions
      case .expectContinue:
        if position == bytes.count { actions.append(.sendContinue) }
      case .request(let request):
        keep(bytes.extracting(position...))
        state = .answering(keepAlive: request.wantsKeepAlive)
        return actions + [.respond(request)]
      case .failed(let error):
        return actions + refuse(error.status, now: now)
      }
    }
  }

  private mutating func keep(_ bytes: Span<UInt8>) {
    pending.reserveCapacity(pending.count + bytes.count)
    for index in bytes.indices { pending.append(bytes[index]) }
  }

  /// Takes up what came meanwhile.
  private mutating func readOn(queuedBytes: Int, now: Int) -> [Action] {
    state = .reading
    phaseSince = now
    let bytes = pending
    pending = []
    var actions = bytes.isEmpty ? [] : read(bytes.span, now: now)
    if case .reading = state, peerHasFinished || isStopping && parser.phase == .idle {
      actions += close(after: queuedBytes, now: now)
    }
    if isReadingPaused, pending.count <= limits.pipelinedBytesMax {
      isReadingPaused = false
      actions.append(.resumeReading)
    }
    return actions
  }

  // MARK: The end

  private mutating func refuse(_ status: Status, now: Int) -> [Action] { [.refuse(status)] + linger(now: now) }

  private mutating func linger(now: Int) -> [Action] {
    if peerHasFinished {
      state = .lingering(until: now + limits.lingerSeconds * 1_000, bytesLeft: 0)
    } else {
      state = .lingering(until: now + limits.lingerSeconds * 1_000, bytesLeft: limits.lingerBytesMax)
    }
    pending = []
    return isReadingPaused ? [.resumeReading, .finish] : [.finish]
  }

  /// Closes once what is queued has gone out.
  private mutating func close(after queuedBytes: Int, now: Int) -> [Action] {
    queuedBytes == 0 ? close() : lingerOn(now: now)
  }

  /// Gives the peer its time anew.
  private mutating func lingerOn(now: Int) -> [Action] {
    let until = now + limits.lingerSeconds * 1_000
    if case .lingering(_, let bytesLeft) = state {
      state = .lingering(until: until, bytesLeft: bytesLeft)
      return []
    }
    return linger(now: now)
  }

  private mutating func close() -> [Action] {
    if case .closed = state { return [] }
    state = .closed
    return [.close]
  }
}
