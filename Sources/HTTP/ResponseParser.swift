/// What a server answered.
package struct Answer: Sendable {
  package let status: Int
  package let headers: Headers
  package let body: [UInt8]
  /// Whether the connection takes another request.
  package let keepsAlive: Bool
}

/// Why an answer cannot be read. It never holds bytes of the answer.
package enum ResponseError: Error, Equatable, CustomStringConvertible {
  case statusLine
  case malformed(ProtocolError.Reason)
  case endUnknown
  case upgrade

  package var description: String {
    switch self {
    case .statusLine: "malformed status line"
    case .malformed(let reason): reason.rawValue
    case .endUnknown: "body without a length"
    case .upgrade: "another protocol, unasked"
    }
  }
}

/// An incremental parser of the HTTP/1.1 and 1.0 answers to GET requests (RFC 9112), for a client that sends one request
/// at a time. It gives the same events for every split of its input.
///
/// An answer whose body ends with the connection is refused: its end cannot be told from a broken connection.
package struct ResponseParser {
  package enum Event {
    /// All bytes were taken; the answer is not complete.
    case needMore
    /// The answer is complete; bytes that came after it are not taken.
    case answer(Answer)
    /// The connection is of no use any more.
    case failed(ResponseError)
  }

  private enum State {
    case statusLine
    case fields
    case fixedBody(byteCount: Int)
    case chunkedBody
  }

  private let limits: Limits
  private var state = State.statusLine
  private var head = LineBuffer()
  private var statusLine: StatusLine?
  private var fields: [FieldLine] = []
  private var headers = Headers(head: [], lines: [])
  private var keepsAlive = false
  private var body: [UInt8] = []
  private var chunks = ChunkedDecoder()

  package init(limits: Limits = Limits()) {
    limits.requireConsistency()
    self.limits = limits
  }

  /// - Returns: how many bytes were taken, and what came of them.
  package mutating func receive(_ input: Span<UInt8>) -> (consumed: Int, event: Event) {
    var position = 0
    do {
      let event = try advance(input, at: &position)
      return (position, event)
    } catch { return (position, .failed(error)) }
  }

  private mutating func advance(_ input: Span<UInt8>, at position: inout Int) throws(ResponseError) -> Event {
    while position < input.count {
      switch state {
      case .statusLine: try takeStatusLine(input, at: &position)
      case .fields: if try takeField(input, at: &position) { return finish() }
      case .fixedBody(let byteCount):
        let taken = min(byteCount - body.count, input.count - position)
        body.append(input, in: position..<position + taken)
        position += taken
        if body.count == byteCount { return finish() }
      case .chunkedBody:
        if try takeChunks(input, at: &position) { return finish() }
      }
    }
    return .needMore
  }

  private mutating func takeStatusLine(_ input: Span<UInt8>, at position: inout Int) throws(ResponseError) {
    guard let place = try takeLine(input, at: &position, bytesMax: limits.fieldBytesMax, orElse: .fieldTooLong)
    else { return }
    statusLine = try StatusLine(head.bytes.span, at: place)
    state = .fields
  }

  /// True when the answer is complete, having no body.
  private mutating func takeField(_ input: Span<UInt8>, at position: inout Int) throws(ResponseError) -> Bool {
    let capacity = max(0, limits.headBytesMax - head.lineStart - 2 * lineEndBytes)
    guard
      let place = try takeLine(
        input, at: &position, bytesMax: min(limits.fieldBytesMax, capacity),
        orElse: capacity < limits.fieldBytesMax ? .headTooLong : .fieldTooLong)
    else { return false }
    if place.isEmpty { return try finishHead() }
    guard fields.count < limits.fieldCountMax else { throw .malformed(.fieldCount) }
    do { fields.append(try FieldLine(head.bytes.span, at: place)) } catch { throw .malformed(error.reason) }
    return false
  }

  private mutating func finishHead() throws(ResponseError) -> Bool {
    guard let statusLine else { preconditionFailure("fields come after a status line") }
    let controls = try ResponseControls(
      head.bytes.span, fields, version: statusLine.version, status: statusLine.status,
      bodyBytesMax: limits.bodyBytesMax)
    headers = Headers(head: head.take(), lines: fields)
    fields = []
    keepsAlive = controls.keepsAlive
    if controls.isInterim {
      state = .statusLine
      return false
    }
    switch controls.framing {
    case .none: return true
    case .fixed(let byteCount):
      body.reserveCapacity(byteCount)
      state = .fixedBody(byteCount: byteCount)
    case .chunked: state = .chunkedBody
    }
    return false
  }

  private mutating func takeChunks(_ input: Span<UInt8>, at position: inout Int) throws(ResponseError) -> Bool {
    do { return try chunks.decode(input, at: &position, into: &body, limits: limits) } catch {
      throw .malformed(error.reason)
    }
  }

  private mutating func finish() -> Event {
    let answer = Answer(status: statusLine?.status ?? 0, headers: headers, body: body, keepsAlive: keepsAlive)
    body = []
    chunks = ChunkedDecoder()
    state = .statusLine
    return .answer(answer)
  }

  private mutating func takeLine(
    _ input: Span<UInt8>, at position: inout Int, bytesMax: Int, orElse tooLong: ProtocolError.Reason
  ) throws(ResponseError) -> Range<Int>? {
    switch head.gather(input, at: &position, lineBytesMax: bytesMax) {
    case .unfinished: return nil
    case .line(let place): return place
    case .tooLong: throw .malformed(tooLong)
    case .refused(let reason): throw .malformed(reason)
    }
  }
}
