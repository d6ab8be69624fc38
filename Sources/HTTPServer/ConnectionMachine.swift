import HTTP

/// Decides what one connection does next. Pure: it takes events with the time they came at and returns actions;
/// `ServerConnection` carries them out. Times are in milliseconds.
struct ConnectionMachine {
  enum Action {
    /// Hand the request to the responder; `answered` follows, or `streamBegan`.
    case respond(Request)
    case sendContinue
    /// Answer without a responder. `finish` or `close` follows.
    case refuse(Status)
    case pauseReading
    case resumeReading
    /// Let the stream's producer wait.
    case pauseStream
    case resumeStream
    /// Tell the stream's producer that nobody takes more. Unless the connection is closed, `streamEnded` or
    /// `streamFailed` follows.
    case endStream
    /// Send what is queued and say that nothing more comes; what still arrives is dropped.
    case finish
    case close
    /// Close with a reset: the peer does not take what is queued.
    case abort
  }

  private enum State {
    /// Takes bytes. May become answering, lingering or closed.
    case reading
    /// A request is with the responder. May become streaming, ending, reading, draining, lingering or closed.
    case answering(keepAlive: Bool)
    /// The producer of an answer writes its body. May become blocked, ending, reading, draining, lingering or closed.
    case streaming(keepAlive: Bool)
    /// As streaming, but much is queued and the producer waits until it has gone out. May become streaming, ending or
    /// closed.
    case blocked(keepAlive: Bool)
    /// The producer has been told that nobody takes more, and has not returned yet. What arrives is dropped. May become
    /// lingering or closed.
    case ending
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
  private var progress: WriteProgress

  init(limits: Limits, now: Int) {
    self.limits = limits
    parser = RequestParser(limits: limits)
    openedAt = now
    phaseSince = now
    lastArrival = now
    progress = WriteProgress(now: now)
  }

  var isClosed: Bool { if case .closed = state { true } else { false } }

  // MARK: Events

  mutating func received(_ bytes: Span<UInt8>, now: Int) -> [Action] {
    lastArrival = now
    switch state {
    case .reading:
      return read(bytes, now: now)
    case .answering, .streaming, .blocked, .draining:
      keep(bytes)
      guard pending.count > limits.pipelinedBytesMax, !isReadingPaused else { return [] }
      isReadingPaused = true
      return [.pauseReading]
    case .lingering(let until, let bytesLeft):
      guard bytes.count <= bytesLeft else { return close() }
      state = .lingering(until: until, bytesLeft: bytesLeft - bytes.count)
      return []
    case .ending, .closed:
      return []
    }
  }

  /// The peer sends no more. It may still read.
  /// - Parameter queuedBytes: what the socket has not taken yet.
  mutating func peerFinished(queuedBytes: Int, now: Int) -> [Action] {
    peerHasFinished = true
    switch state {
    case .reading, .lingering: return close(after: queuedBytes, now: now)
    case .streaming, .blocked: return endStream()
    case .answering, .ending, .draining, .closed: return []
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
    return goOn(keepAlive: !mustClose, queuedBytes: queuedBytes, now: now)
  }

  /// The head of a streamed answer has been handed to the socket.
  /// - Parameters:
  ///   - keepAlive: whether it says that the connection stays open.
  ///   - queuedBytes: what the socket has not taken yet.
  mutating func streamBegan(keepAlive: Bool, queuedBytes: Int, now: Int) -> [Action] {
    guard case .answering = state else { return [] }
    progress.restart(queuedBytes: queuedBytes, now: now)
    state = .streaming(keepAlive: keepAlive)
    return peerHasFinished || isStopping ? endStream() : []
  }

  /// True while a stream is under way and nothing has cut it short.
  var isStreaming: Bool {
    switch state {
    case .streaming, .blocked: true
    case .reading, .answering, .ending, .draining, .lingering, .closed: false
    }
  }

  /// A piece of a stream has been handed to the socket.
  /// - Parameter queuedBytes: what the socket has not taken yet, of this piece and of what was before it.
  mutating func streamed(_ byteCount: Int, queuedBytes: Int, now: Int) -> [Action] {
    guard case .streaming(let keepAlive) = state else { return [] }
    progress.look(queuedBytes: queuedBytes, sentBytes: byteCount, now: now)
    guard queuedBytes > limits.writeQueueBytesMax else { return [] }
    state = .blocked(keepAlive: keepAlive)
    return [.pauseStream]
  }

  /// The producer has returned, and the end of the body has been handed to the socket unless the stream was cut short.
  /// - Parameter queuedBytes: what the socket has not taken yet.
  mutating func streamEnded(queuedBytes: Int, now: Int) -> [Action] {
    switch state {
    case .streaming(let keepAlive), .blocked(let keepAlive):
      return goOn(keepAlive: keepAlive, queuedBytes: queuedBytes, now: now)
    case .ending: return goOn(keepAlive: false, queuedBytes: queuedBytes, now: now)
    case .reading, .answering, .draining, .lingering, .closed: return []
    }
  }

  /// The producer has failed. The peer must not take what it has for the whole, in HTTP/1.0 either.
  /// - Parameter queuedBytes: what the socket has not taken yet.
  mutating func streamFailed(queuedBytes: Int, now: Int) -> [Action] {
    isStreaming ? [.abort] + close() : streamEnded(queuedBytes: queuedBytes, now: now)
  }

  /// All that was queued has gone out.
  mutating func drained(now: Int) -> [Action] {
    progress.restart(queuedBytes: 0, now: now)
    switch state {
    case .draining: return readOn(queuedBytes: 0, now: now)
    case .lingering: return peerHasFinished ? close() : lingerOn(now: now)
    case .blocked(let keepAlive):
      state = .streaming(keepAlive: keepAlive)
      return [.resumeStream]
    case .reading, .answering, .streaming, .ending, .closed: return []
    }
  }

  /// The server takes no more requests.
  mutating func stop(queuedBytes: Int, now: Int) -> [Action] {
    isStopping = true
    switch state {
    case .reading: return parser.phase == .idle ? close(after: queuedBytes, now: now) : []
    case .streaming, .blocked: return endStream()
    case .answering, .ending, .draining, .lingering, .closed: return []
    }
  }

  /// Some time has passed.
  mutating func tick(queuedBytes: Int, now: Int) -> [Action] {
    if isClosed { return [] }
    progress.look(queuedBytes: queuedBytes, now: now)
    if queuedBytes > 0, progress.milliseconds(now: now) > limits.writeStallSeconds * 1_000 {
      return [.abort] + close()
    }
    switch state {
    case .reading: return tickReading(queuedBytes: queuedBytes, now: now)
    case .lingering(let until, _):
      if queuedBytes > 0 { return lingerOn(now: now) }
      return now >= until ? close() : []
    case .answering, .streaming, .blocked, .ending, .draining, .closed: return []
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

  /// What follows an answer.
  private mutating func goOn(keepAlive: Bool, queuedBytes: Int, now: Int) -> [Action] {
    progress.restart(queuedBytes: queuedBytes, now: now)
    guard keepAlive else {
      let isTaken = peerHasFinished && queuedBytes == 0
      return linger(now: now) + (isTaken ? close() : [])
    }
    if queuedBytes > limits.writeQueueBytesMax {
      state = .draining
      return []
    }
    return readOn(queuedBytes: queuedBytes, now: now)
  }

  private mutating func endStream() -> [Action] {
    state = .ending
    return [.endStream]
  }

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
    defer { state = .closed }
    return isClosed ? [] : isStreaming ? [.endStream, .close] : [.close]
  }
}
