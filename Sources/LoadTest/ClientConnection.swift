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
  /// Of the request under way.
  private var completion: Completion?

  /// - Parameter host: a numeric address.
  package init(host: String, port: UInt16, on loop: EventLoop) {
    (self.host, self.port, self.loop) = (host, port, loop)
  }

  /// Sends one request and tells once what came of it, never before this returns.
  package func send(_ request: [UInt8], completion: @escaping Completion) {
    precondition(self.completion == nil, "one request at a time")
    self.completion = completion
    if let socket { return socket.write(request.span) }
    do throws(UVError) {
      socket = try TCPConnection.connect(to: host, port: port, on: loop) { [unowned self] error in
        if let error { finish(.failure(.connect(error))) } else { open(sending: request) }
      }
    } catch {
      loop.spawn { self.finish(.failure(.connect(error))) }
    }
  }

  /// Gives up on the request that is under way, if any.
  package func giveUp() { finish(.failure(.timedOut)) }

  package func close() {
    socket?.close()
    socket = nil
    completion = nil
  }

  private func open(sending request: [UInt8]) {
    parser = ResponseParser(limits: Self.limits)
    socket?.open(
      received: { [unowned self] in receive($0) },
      ended: { [unowned self] arrival in
        switch arrival {
        case .end: finish(.failure(.closedEarly))
        case .failed(let error): finish(.failure(.broken(error)))
        }
      }, drained: {})
    socket?.write(request.span)
  }

  private func receive(_ bytes: Span<UInt8>) {
    guard completion != nil else { return finish(.failure(.bytesAfterEnd)) }
    let (consumed, event) = parser.receive(bytes)
    switch event {
    case .needMore: return
    case .answer(let answer):
      finish(consumed == bytes.count ? .success(answer) : .failure(.bytesAfterEnd))
    case .failed(let error): finish(.failure(.unreadable(error)))
    }
  }

  /// Ends the request under way; also called when none is, because the idle connection has come to its end.
  private func finish(_ result: Result<Answer, ClientError>) {
    let told = completion
    completion = nil
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
