import EventLoop
import HTTP

/// One client's connection: carries out what its machine decides.
final class ServerConnection {
  /// nil once closed, so that the socket does not wait for an answer that nobody can have.
  private var tcp: TCPConnection?
  private unowned let server: Server
  private var machine: ConnectionMachine
  private var output: [UInt8] = []
  private var stream: StreamWriter?

  init(_ tcp: TCPConnection, of server: Server, limits: Limits) {
    self.tcp = tcp
    self.server = server
    machine = ConnectionMachine(limits: limits, now: server.now)
  }

  func start() {
    tcp?.open(
      received: { [unowned self] bytes in perform(machine.received(bytes, now: server.now)) },
      ended: { [unowned self] arrival in
        switch arrival {
        case .end: perform(machine.peerFinished(queuedBytes: queuedBytes, now: server.now))
        case .failed: perform(machine.broke())
        }
      },
      drained: { [unowned self] in perform(machine.drained(now: server.now)) })
  }

  func tick() { perform(machine.tick(queuedBytes: queuedBytes, now: server.now)) }

  func stop() { perform(machine.stop(queuedBytes: queuedBytes, now: server.now)) }

  func close() { perform(machine.broke()) }

  private var queuedBytes: Int { tcp?.queuedBytes ?? 0 }

  private func perform(_ actions: [ConnectionMachine.Action]) {
    for action in actions {
      switch action {
      case .respond(let request): respond(to: request)
      case .sendContinue:
        output.removeAll(keepingCapacity: true)
        ResponseWriter.writeContinue(into: &output)
        tcp?.write(output.span)
      case .refuse(let status):
        send(server.refusal(status), method: nil, version: .http11, keepAlive: false)
      case .pauseReading: tcp?.pauseReading()
      case .resumeReading: tcp?.resumeReading()
      case .pauseStream: stream?.pause()
      case .resumeStream: stream?.resume()
      case .endStream: endStream()
      case .finish: tcp?.finishWriting()
      case .abort: tcp?.abort()
      case .close:
        tcp?.close()
        tcp = nil
        server.closed(self)
      }
    }
  }

  private func respond(to request: Request) {
    server.loop.spawn {
      let response = await self.server.responder.respond(to: request)
      guard !self.machine.isClosed else { return }
      let (method, version) = (request.method, request.version)
      let keepAlive = !self.machine.mustClose && response.isDelimited(method: method, version: version)
      self.send(response, method: method, version: version, keepAlive: keepAlive)
      switch response.body {
      case .stream(let produce) where method != .head:
        await self.stream(produce, version: version, keepAlive: keepAlive)
      case .stream, .bytes:
        self.perform(self.machine.answered(queuedBytes: self.queuedBytes, now: self.server.now))
      }
    }
  }

  private func stream(_ produce: BodyProducer, version: Version, keepAlive: Bool) async {
    guard !machine.isClosed else { return }
    let writer = StreamWriter(to: self, version: version, on: server.loop)
    stream = writer
    perform(machine.streamBegan(keepAlive: keepAlive, queuedBytes: queuedBytes, now: server.now))
    do {
      try await produce(writer)
      guard !machine.isClosed else { return }
      if machine.isStreaming { sendEnd(version) }
      endStream()
      perform(machine.streamEnded(queuedBytes: queuedBytes, now: server.now))
    } catch {
      guard !machine.isClosed else { return }
      endStream()
      perform(machine.streamFailed(queuedBytes: queuedBytes, now: server.now))
    }
  }

  /// Sends a piece of the stream.
  func send(_ piece: [UInt8], version: Version) {
    output.removeAll(keepingCapacity: true)
    ResponseWriter.writePiece(piece, version: version, into: &output)
    let byteCount = output.count
    sendOutput()
    perform(machine.streamed(byteCount, queuedBytes: queuedBytes, now: server.now))
  }

  private func sendEnd(_ version: Version) {
    output.removeAll(keepingCapacity: true)
    ResponseWriter.writeEnd(version: version, into: &output)
    sendOutput()
  }

  /// What the producer still writes goes nowhere.
  private func endStream() {
    stream?.end()
    stream = nil
  }

  private func send(_ response: Response, method: Method?, version: Version, keepAlive: Bool) {
    output.removeAll(keepingCapacity: true)
    ResponseWriter.write(
      response, method: method, version: version, keepAlive: keepAlive, date: server.date, into: &output)
    sendOutput()
  }

  private func sendOutput() {
    tcp?.write(output.span)
    if output.capacity > Self.outputBytesKept { output = [] }
  }

  private static let outputBytesKept = 256 * 1024
}
