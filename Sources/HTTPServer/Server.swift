import CivilTime
package import EventLoop
package import HTTP

/// An HTTP/1.1 server on one loop. Several, on several loops and in several processes, may share a port.
package final class Server {
  private static let tickMilliseconds = 500
  private static let drainLookMilliseconds = 20

  let loop: EventLoop
  let responder: any Responder
  private let limits: Limits
  private let refusalBody: (Status) -> Response
  private var listener: TCPListener?
  private var timer: LoopTimer?
  private var connections: [ObjectIdentifier: ServerConnection] = [:]
  private(set) var date = HTTPDate(unixSeconds: Moment.now.unixSeconds)

  /// - Parameters:
  ///   - host: a numeric address.
  ///   - port: 0 for one that is free.
  ///   - refusal: the answer to what is no request, by its status.
  package init(
    host: String, port: UInt16, responder: any Responder, limits: Limits = Limits(),
    refusal: @escaping (Status) -> Response, on loop: EventLoop
  ) throws(UVError) {
    limits.requireConsistency()
    self.loop = loop
    self.responder = responder
    self.limits = limits
    refusalBody = refusal
    listener = try TCPListener(on: loop, host: host, port: port) { [unowned self] in accept($0) }
    timer = LoopTimer(on: loop) { [unowned self] in tick() }
    timer?.start(afterMilliseconds: Self.tickMilliseconds, repeatMilliseconds: Self.tickMilliseconds)
  }

  /// The port that it listens on; 0 once it has stopped.
  package var port: UInt16 { listener?.port ?? 0 }

  package var connectionCount: Int { connections.count }

  /// Takes no new connection; lets requests that have begun end within `milliseconds`; then closes what is left.
  package func stop(withinMilliseconds milliseconds: Int) async {
    listener = nil
    for connection in connections.values { connection.stop() }
    let deadline = now + milliseconds
    while !connections.isEmpty, now < deadline { await loop.sleep(milliseconds: Self.drainLookMilliseconds) }
    for connection in connections.values { connection.close() }
    timer = nil
  }

  /// Milliseconds on a clock that never goes back.
  var now: Int { Int(EventLoop.monotonicNanoseconds / 1_000_000) }

  func refusal(_ status: Status) -> Response { refusalBody(status) }

  func closed(_ connection: ServerConnection) { connections[ObjectIdentifier(connection)] = nil }

  private func accept(_ tcp: TCPConnection) {
    guard connections.count < limits.connectionCountMax else { return }
    let connection = ServerConnection(tcp, of: self, limits: limits)
    connections[ObjectIdentifier(connection)] = connection
    connection.start()
  }

  private func tick() {
    date.update(unixSeconds: Moment.now.unixSeconds)
    for connection in connections.values { connection.tick() }
  }
}
