package import EventLoop
package import HTTP

/// A connection that sends one GET request at a time, keeps alive, and opens again when it was closed.
package final class ClientConnection {
  package typealias Completion = (Result<Answer, ClientError>) -> Void

  static let limits: Limits = {
    var limits = Limits()
    limits.bodyBytesMax = Plan.bodyBytesMax
    return limits
  }()

  private let host: String
  private let port: UInt16
  private let loop: EventLoop
  private var socket: TCPConnection?
  private var parser = ResponseParser(limits: limits)
  /// The request under way.
  private var exchange: Exchange?
  /// Requests that were sent a second time.
  private(set) var resentCount = 0

  private struct Exchange {
    let request: [UInt8]
    let completion: Completion
    /// It went out on a connection that had been idle, and no byte has come back: the server may have ended the
    /// connection before it saw the request. RFC 9112 section 9.3.1 allows one more try on a new connection.
    var maySendAgain: Bool
  }

  /// - Parameter host: a numeric address.
  package init(host: String, port: UInt16, on loop: EventLoop) {
    (self.host, self.port, self.loop) = (host, port, loop)
  }

  /// Sends one request and tells once what came of it, never before this returns.
  package func send(_ request: [UInt8], completion: @escaping Completion) {
    precondition(exchange == nil, "one request at a time")
    exchange = Exchange(request: request, completion: completion, maySendAgain: socket != nil)
    if let socket { socket.write(request.span) } else { connect() }
  }

  /// Gives up on the request that is under way, if any.
  package func giveUp() { finish(.failure(.timedOut)) }

  package func close() {
    socket?.close()
    socket = nil
    exchange = nil
  }

  private func connect() {
    do throws(UVError) {
      socket = try TCPConnection.connect(to: host, port: port, on: loop) { [unowned self] error in
        if let error { finish(.failure(.connect(error))) } else { open() }
      }
    } catch {
      loop.spawn { self.finish(.failure(.connect(error))) }
    }
  }

  private func open() {
    parser = ResponseParser(limits: Self.limits)
    socket?.open(received: { [unowned self] in receive($0) }, ended: { [unowned self] in end($0) }, drained: {})
    if let exchange { socket?.write(exchange.request.span) }
  }

  private func receive(_ bytes: Span<UInt8>) {
    guard exchange != nil else { return finish(.failure(.bytesAfterEnd)) }
    exchange?.maySendAgain = false
    let (consumed, event) = parser.receive(bytes)
    switch event {
    case .needMore: return
    case .answer(let answer):
      finish(consumed == bytes.count ? .success(answer) : .failure(.bytesAfterEnd))
    case .failed(let error): finish(.failure(.unreadable(error)))
    }
  }

  private func end(_ arrival: TCPConnection.Arrival) {
    if exchange?.maySendAgain == true {
      exchange?.maySendAgain = false
      resentCount += 1
      socket?.close()
      socket = nil
      return connect()
    }
    switch arrival {
    case .end: finish(.failure(.closedEarly))
    case .failed(let error): finish(.failure(.broken(error)))
    }
  }

  /// Ends the request under way; also called when none is, because the idle connection has come to its end.
  private func finish(_ result: Result<Answer, ClientError>) {
    let told = exchange?.completion
    exchange = nil
    if (try? result.get())?.keepsAlive != true {
      socket?.close()
      socket = nil
    }
    told?(result)
  }

  /// One request on a connection of its own.
  package static func get(
    _ request: [UInt8], host: String, port: UInt16, on loop: EventLoop
  ) async throws(ClientError) -> Answer {
    let connection = ClientConnection(host: host, port: port, on: loop)
    let timer = LoopTimer(on: loop) { connection.giveUp() }
    timer.start(afterMilliseconds: Plan.requestSecondsMax * 1_000)
    let result = await withCheckedContinuation { continuation in
      connection.send(request) { continuation.resume(returning: $0) }
    }
    connection.close()
    withExtendedLifetime(timer) {}
    return try result.get()
  }
}
