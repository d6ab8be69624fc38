/// An incremental parser of HTTP/1.1 and 1.0 requests (RFC 9112). It gives the same events for every split of its input.
///
/// Give it what was read; drop the `consumed` bytes; act on the event; give it the rest. It stops at the end of each
/// message, so pipelined requests stay with the caller until the one before is answered.
package struct RequestParser {
  package enum Event {
    /// All bytes were taken; the message is not complete.
    case needMore
    /// The head is complete and acceptable and the client may be waiting for `100 Continue` (RFC 9110 section 10.1.1).
    /// Said once, before the body; with body bytes at hand the caller need not send it.
    case expectContinue
    /// The message is complete; the parser is ready for the next.
    case request(Request)
    /// Answer the status and close. Every later call gives the same event and takes nothing.
    case failed(ProtocolError)
  }

  package struct Step {
    package let consumed: Int
    package let event: Event
  }

  /// Which time-out applies, and whether the end of the stream cuts a message off.
  package enum Phase: Sendable {
    /// Between messages.
    case idle
    case head
    case body
    case failed
  }

  private enum State {
    case requestLine(emptyLines: Int)
    case fields
    case fixedBody(byteCount: Int)
    case chunkedBody
    case failed(ProtocolError)
  }

  private let limits: Limits
  private var state = State.requestLine(emptyLines: 0)
  private var head = LineBuffer()
  private var requestLine: RequestLine?
  private var fields: [FieldLine] = []
  private var request: Request?
  private var body: [UInt8] = []
  private var chunks = ChunkedDecoder()
  /// Bytes of this message taken by earlier calls.
  private var offset = 0

  package init(limits: Limits = Limits()) {
    limits.requireConsistency()
    self.limits = limits
  }

  package var phase: Phase {
    switch state {
    case .requestLine: head.isEmpty ? .idle : .head
    case .fields: .head
    case .fixedBody, .chunkedBody: .body
    case .failed: .failed
    }
  }

  /// Takes bytes up to the end of one message, or up to the end of a head that expects `100 Continue`.
  package mutating func receive(_ input: Span<UInt8>) -> Step {
    var position = 0
    do {
      let event = try advance(input, at: &position)
      if case .request = event { offset = 0 } else { offset += position }
      return Step(consumed: position, event: event)
    } catch {
      state = .failed(error)
      return Step(consumed: position, event: .failed(error))
    }
  }

  private mutating func advance(_ input: Span<UInt8>, at position: inout Int) throws(ProtocolError) -> Event {
    while position < input.count {
      switch state {
      case .requestLine(let emptyLines):
        try takeRequestLine(input, at: &position, emptyLines: emptyLines)
      case .fields:
        if let event = try takeField(input, at: &position) { return event }
      case .fixedBody(let byteCount):
        let taken = min(byteCount - body.count, input.count - position)
        body.append(input, in: position..<position + taken)
        position += taken
        if body.count == byteCount { return finishRequest() }
      case .chunkedBody:
        if try takeChunks(input, at: &position) { return finishRequest() }
      case .failed(let error):
        throw error
      }
    }
    return .needMore
  }

  private mutating func takeRequestLine(
    _ input: Span<UInt8>, at position: inout Int, emptyLines: Int
  ) throws(ProtocolError) {
    if head.isEmpty { head.reserve(Self.headBytesTypical) }
    switch head.gather(input, at: &position, lineBytesMax: limits.requestLineBytesMax) {
    case .unfinished:
      return
    case .line(let place) where place.isEmpty:
      guard emptyLines < limits.leadingEmptyLinesMax else {
        throw ProtocolError(reason: .emptyLines, offset: offset + position)
      }
      head.clear()
      state = .requestLine(emptyLines: emptyLines + 1)
    case .line(let place):
      do { requestLine = try RequestLine(head.bytes.span, at: place) } catch { throw inMessage(error, at: position) }
      fields.reserveCapacity(Self.fieldCountTypical)
      state = .fields
    case .tooLong:
      throw ProtocolError(reason: .requestLineTooLong, offset: offset + position)
    case .refused(let reason):
      throw ProtocolError(reason: reason, offset: offset + position)
    }
  }

  private mutating func takeField(_ input: Span<UInt8>, at position: inout Int) throws(ProtocolError) -> Event? {
    let capacity = max(0, limits.headBytesMax - head.lineStart - 2 * lineEndBytes)
    switch head.gather(input, at: &position, lineBytesMax: min(limits.fieldBytesMax, capacity)) {
    case .unfinished:
      return nil
    case .line(let place) where place.isEmpty:
      do { return try finishHead() } catch { throw inMessage(error, at: position) }
    case .line(let place):
      guard fields.count < limits.fieldCountMax else {
        throw ProtocolError(reason: .fieldCount, offset: offset + position)
      }
      do { fields.append(try FieldLine(head.bytes.span, at: place)) } catch { throw inMessage(error, at: position) }
      return nil
    case .tooLong:
      let reason: ProtocolError.Reason = capacity < limits.fieldBytesMax ? .headTooLong : .fieldTooLong
      throw ProtocolError(reason: reason, offset: offset + position)
    case .refused(let reason):
      throw ProtocolError(reason: reason, offset: offset + position)
    }
  }

  private mutating func finishHead() throws(ProtocolError) -> Event? {
    guard let line = requestLine.take() else { preconditionFailure("fields come after a request line") }
    let controls = try HeadControls(
      head.bytes.span, fields, headEnd: head.bytes.count, version: line.version, bodyBytesMax: limits.bodyBytesMax)
    request = Request(line: line, headers: Headers(head: head.take(), lines: fields), controls: controls)
    fields = []
    switch controls.framing {
    case .none: return finishRequest()
    case .fixed(let byteCount): state = .fixedBody(byteCount: byteCount)
    case .chunked: state = .chunkedBody
    }
    return controls.expectsContinue ? .expectContinue : nil
  }

  private mutating func takeChunks(_ input: Span<UInt8>, at position: inout Int) throws(ProtocolError) -> Bool {
    do {
      return try chunks.decode(input, at: &position, into: &body, limits: limits)
    } catch {
      throw ProtocolError(reason: error.reason, offset: offset + position - chunks.lineBytes + error.offset)
    }
  }

  private mutating func finishRequest() -> Event {
    guard var complete = request.take() else { preconditionFailure("a message ends after its head") }
    complete.body = body
    body = []
    chunks = ChunkedDecoder()
    state = .requestLine(emptyLines: 0)
    return .request(complete)
  }

  /// An error with its offset in the head, as an offset in the message: an ignored empty line comes before the head.
  private func inMessage(_ error: ProtocolError, at position: Int) -> ProtocolError {
    ProtocolError(reason: error.reason, offset: offset + position - head.bytes.count + error.offset)
  }

  private static let headBytesTypical = 1024
  private static let fieldCountTypical = 16
}
