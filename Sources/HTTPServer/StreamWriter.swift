import EventLoop
import HTTP

/// Takes the body of one streamed answer until its connection says that this is over.
final class StreamWriter: BodyWriter {
  private enum State {
    /// May become paused or over.
    case open(ServerConnection)
    /// The client is slow. May become open or over.
    case paused(ServerConnection)
    case over
  }

  /// A producer that is never made to wait would keep the loop from everybody else.
  private static let writesAtOnceMax = 100
  private static let restMilliseconds = 1

  private var state: State
  private var waiting: CheckedContinuation<Void, Never>?
  private var writesAtOnce = 0
  private let version: Version
  private let loop: EventLoop

  init(to connection: ServerConnection, version: Version, on loop: EventLoop) {
    state = .open(connection)
    self.version = version
    self.loop = loop
  }

  // MARK: For the producer

  func write(_ bytes: [UInt8]) async -> Bool {
    if case .open(let connection) = state, !bytes.isEmpty { connection.send(bytes, version: version) }
    writesAtOnce += 1
    if case .paused = state {
      await wait()
    } else if writesAtOnce == Self.writesAtOnceMax {
      return await sleep(milliseconds: Self.restMilliseconds)
    }
    return isOpen
  }

  func sleep(milliseconds: Int) async -> Bool {
    guard isOpen else { return false }
    let timer = LoopTimer(on: loop) { self.wake() }
    timer.start(afterMilliseconds: milliseconds)
    await wait()
    timer.stop()
    return isOpen
  }

  private var isOpen: Bool { if case .open = state { true } else { false } }

  private func wait() async {
    precondition(waiting == nil, "one call at a time")
    writesAtOnce = 0
    await withCheckedContinuation { waiting = $0 }
  }

  private func wake() {
    waiting?.resume()
    waiting = nil
  }

  // MARK: For the connection

  func pause() { if case .open(let connection) = state { state = .paused(connection) } }

  func resume() {
    if case .paused(let connection) = state { state = .open(connection) }
    wake()
  }

  func end() {
    state = .over
    wake()
  }
}
