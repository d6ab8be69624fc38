package import EventLoop
package import SQL

/// One connection to PostgreSQL. Nothing in it blocks the loop.
///
/// Statements go out at once, behind those that are still unanswered (pipeline mode, PostgreSQL section 34.5),
/// each group with a Sync of its own, so that one that fails leaves its neighbours alone.
package final class Connection: Session {
  private enum State {
    /// May become open or closed.
    case connecting
    /// In pipeline mode. May become solo or closed.
    case open
    /// Out of pipeline mode, for a script or a COPY. May become open or closed.
    case solo
    case closed
  }

  package typealias Completion = (Result<[Rows], DatabaseError>) -> Void

  private let loop: EventLoop
  private let libpq: LibPQConnection
  private let answerMillisecondsMax: Int?
  private var state = State.connecting
  private var poll: PollHandle?
  private var deadline: LoopTimer?
  private var pipeline = PipelineQueue()
  private var progress: CheckedContinuation<Void, Never>?
  private let closed: (DatabaseError) -> Void
  private let notified: (_ channel: String, _ payload: String) -> Void

  /// Connects.
  /// - Parameters:
  ///   - closed: called once, when the connection breaks later.
  ///   - notified: gets what `LISTEN` brings.
  package static func open(
    _ settings: ConnectionSettings, on loop: EventLoop,
    closed: @escaping (DatabaseError) -> Void = { _ in },
    notified: @escaping (_ channel: String, _ payload: String) -> Void = { _, _ in }
  ) async throws(DatabaseError) -> Connection {
    let keywords = try await settings.resolved(on: loop)
    guard let libpq = LibPQConnection(keywords) else { throw DatabaseError(.unavailable, doing: "connect") }
    let connection = Connection(
      libpq, on: loop,
      answerMillisecondsMax: settings.statementMillisecondsMax.map { $0 + Self.answerGraceMilliseconds },
      closed: closed, notified: notified)
    try await connection.connect()
    return connection
  }

  /// What the server has beyond its own time limit before we give the connection up.
  private static let answerGraceMilliseconds = 1_000

  private init(
    _ libpq: LibPQConnection, on loop: EventLoop, answerMillisecondsMax: Int?,
    closed: @escaping (DatabaseError) -> Void, notified: @escaping (String, String) -> Void
  ) {
    self.libpq = libpq
    self.loop = loop
    self.answerMillisecondsMax = answerMillisecondsMax
    self.closed = closed
    self.notified = notified
  }

  // MARK: Connecting

  private func connect() async throws(DatabaseError) {
    var expired = false
    let timer = LoopTimer(on: loop) { [weak self] in
      expired = true
      self?.moveOn()
    }
    timer.start(afterMilliseconds: ConnectionSettings.connectMillisecondsMax)
    var next = LibPQConnection.Progress.writing
    connecting: while !libpq.isBad, !expired {
      switch next {
      case .reading: await awaitSocket(.readable)
      case .writing: await awaitSocket(.writable)
      case .open: break connecting
      case .failed: break connecting
      }
      if !expired { next = libpq.pollConnect() }
    }
    timer.stop()
    guard case .open = next, !expired, libpq.setNonblocking(), libpq.enterPipeline() else {
      state = .closed
      throw DatabaseError(.unavailable, doing: "connect", detail: expired ? "no answer in time" : nil)
    }
    do { poll = try PollHandle(on: loop, socket: libpq.socket) { [weak self] in self?.ready($0) } } catch {
      state = .closed
      throw DatabaseError(.unavailable, doing: "connect", detail: error.description)
    }
    deadline = LoopTimer(on: loop) { [weak self] in self?.expire() }
    state = .open
    poll?.watch(.readable)
  }

  /// Waits for the socket with a poll of its own, because libpq may change sockets while it connects.
  private func awaitSocket(_ events: PollHandle.Events) async {
    guard libpq.socket >= 0,
      let poll = try? PollHandle(
        on: loop, socket: libpq.socket,
        action: { [weak self] _ in
          self?.moveOn()
        })
    else { return }
    poll.watch(events)
    await withCheckedContinuation { progress = $0 }
    poll.stop()
  }

  private func moveOn() {
    progress?.resume()
    progress = nil
  }

  // MARK: Statements

  package var isOpen: Bool { if case .open = state { true } else { false } }

  /// PostgreSQL takes nothing but a rollback any more; a COMMIT would roll back too, and report no error.
  package var isInFailedTransaction: Bool { libpq.isInFailedTransaction }

  /// No transaction is left open, and nothing is under way.
  package var isClean: Bool { isOpen && pipeline.isEmpty && libpq.isIdle }

  package func query(_ statement: Statement, _ binds: [Bind]) async throws(DatabaseError) -> Rows {
    try await read([(statement, binds)])[0]
  }

  package func read(_ statements: [(Statement, [Bind])]) async throws(DatabaseError) -> [Rows] {
    let result = await withCheckedContinuation {
      (continuation: CheckedContinuation<Result<[Rows], DatabaseError>, Never>) in
      send(statements) { continuation.resume(returning: $0) }
    }
    return try result.get()
  }

  /// Sends statements as one implicit transaction. `completion` gets the rows of each, or the first error.
  package func send(_ statements: [(Statement, [Bind])], completion: @escaping Completion) {
    guard isOpen else {
      return completion(.failure(DatabaseError(.unavailable, doing: PipelineQueue.name(of: statements))))
    }
    guard !statements.contains(where: { $0.1.contains(where: \.holdsNUL) }) else {
      return completion(
        .failure(DatabaseError(.refused(.characterNotInRepertoire), doing: PipelineQueue.name(of: statements))))
    }
    if pipeline.isEmpty { startDeadline() }
    let sent = pipeline.send(statements, completion) { step in
      switch step {
      case .prepare(let name, let statement): libpq.prepare(name, statement.text)
      case .execute(let name?, _, let binds): libpq.execute(prepared: name, binds)
      case .execute(nil, let statement, let binds): libpq.execute(statement.text, binds)
      }
    }
    if sent, libpq.sync() { flush() } else { fail(DatabaseError(.connectionLost, doing: "send")) }
  }

  private func flush() {
    switch libpq.flush() {
    case true?: poll?.watch(.readable)
    case false?: poll?.watch([.readable, .writable])
    case nil: fail(DatabaseError(.connectionLost, doing: "send"))
    }
  }

  private func ready(_ events: PollHandle.Events) {
    if case .solo = state { return moveOn() }
    if events.contains(.writable) { flush() }
    guard isOpen, events.contains(.readable) else { return }
    guard libpq.consumeInput() else { return fail(DatabaseError(.connectionLost, doing: "receive")) }
    tellNotifications()
    receive()
    // Those behind an answer came to light with it.
    tellNotifications()
  }

  private func tellNotifications() {
    while isOpen, let (channel, payload) = libpq.nextNotification() { notified(channel, payload) }
  }

  private func receive() {
    var emptyResults = 0
    while isOpen, !pipeline.isEmpty, !libpq.isBusy {
      guard let result = libpq.nextResult() else {
        // One nil ends each command's results; two in a row mean that libpq has nothing to say.
        emptyResults += 1
        guard emptyResults < 2 else { return fail(DatabaseError(.connectionLost, doing: "receive")) }
        continue
      }
      emptyResults = 0
      if libpq.isBad {
        return fail(result.error(doing: pipeline.doing))
      }
      if let (completion, outcome) = pipeline.arrive(result) {
        if pipeline.isEmpty { deadline?.stop() } else { startDeadline() }
        completion(outcome)
      }
    }
    if isOpen, libpq.isBad { fail(DatabaseError(.connectionLost, doing: "receive")) }
  }

  // MARK: The end

  private func startDeadline() {
    if let answerMillisecondsMax { deadline?.start(afterMilliseconds: answerMillisecondsMax) }
  }

  private func expire() {
    cancel()
    fail(DatabaseError(.timedOut, doing: pipeline.doing))
  }

  /// Asks the server to give up what it is doing for this connection.
  package func cancel() {
    guard let cancellation = libpq.cancellation() else { return }
    let loop = loop
    loop.spawn { await loop.offload(cancellation) }
  }

  /// Closes the connection; what is under way fails.
  package func close() { fail(DatabaseError(.unavailable, doing: "close")) }

  private func fail(_ error: DatabaseError) {
    if case .closed = state { return }
    state = .closed
    poll?.stop()
    poll = nil
    deadline = nil
    moveOn()
    let left = pipeline.failAll()
    // First, so that a pool that hears of an unanswered group does not send the next one here.
    closed(error)
    for (index, pending) in left.enumerated() {
      let cause = index == 0 && error.cause == .timedOut ? DatabaseError.Cause.timedOut : .connectionLost
      pending.completion(
        .failure(DatabaseError(cause, doing: pending.doing, detail: error.detail, message: error.message)))
    }
  }

  // MARK: Outside pipeline mode

  package func run(script: String) async throws(DatabaseError) {
    try await leavePipeline(sending: script)
    let outcome = try await results { _ in false }
    try reenterPipeline()
    if let error = outcome.error { throw error }
  }

  /// Streams rows into the server: `COPY … FROM STDIN` (PostgreSQL section 34.10).
  /// - Parameters:
  ///   - command: the COPY command, on an idle connection of one's own.
  ///   - next: gives chunk after chunk, then nil.
  /// - Returns: the number of rows.
  package func copy(_ command: Statement, from next: () async throws -> [UInt8]?) async throws -> Int {
    try await leavePipeline(sending: command.text)
    let begun = try await results { $0.kind == .copyIn }
    if let error = begun.error {
      try reenterPipeline()
      throw error
    }
    var failure: (any Error)?
    do {
      while let chunk = try await next() {
        try await untilTaken { libpq.putCopyData(chunk) }
        try await flushAll()
      }
    } catch { failure = error }
    try await untilTaken { libpq.putCopyEnd(failure: failure == nil ? nil : "given up") }
    try await flushAll()
    let end = try await results { _ in false }
    try reenterPipeline()
    if let failure { throw failure }
    if let error = end.error { throw error }
    return end.affected
  }

  private func leavePipeline(sending text: String) async throws(DatabaseError) {
    guard isOpen, pipeline.isEmpty, libpq.exitPipeline() else {
      throw DatabaseError(.unavailable, doing: "run a script or a copy")
    }
    state = .solo
    guard libpq.send(text) else { throw broken() }
    try await flushAll()
  }

  private func reenterPipeline() throws(DatabaseError) {
    guard libpq.enterPipeline() else { throw broken() }
    state = .open
    tellNotifications()
  }

  /// Repeats what libpq cannot take yet when the socket has moved.
  private func untilTaken(_ give: () -> Bool?) async throws(DatabaseError) {
    while true {
      guard let taken = give() else { throw broken() }
      if taken { return }
      try await awaitSocketOutsidePipeline([.readable, .writable])
      guard libpq.consumeInput() else { throw broken() }
    }
  }

  private func flushAll() async throws(DatabaseError) { try await untilTaken { libpq.flush() } }

  /// Takes results until the server has no more to say, or until `isLast`.
  private func results(
    until isLast: (borrowing LibPQResult) -> Bool
  ) async throws(DatabaseError) -> (affected: Int, error: DatabaseError?) {
    var affected = 0
    var error: DatabaseError?
    while true {
      while libpq.isBusy {
        try await awaitSocketOutsidePipeline(.readable)
        guard libpq.consumeInput() else { throw broken() }
      }
      guard let result = libpq.nextResult() else { return (affected, error) }
      if result.kind == .failed { error = error ?? result.error(doing: "run a script or a copy") }
      if result.kind == .done { affected = result.rows().affected }
      if isLast(result) { return (affected, error) }
    }
  }

  private func awaitSocketOutsidePipeline(_ events: PollHandle.Events) async throws(DatabaseError) {
    poll?.watch(events)
    startDeadline()
    await withCheckedContinuation { progress = $0 }
    deadline?.stop()
    poll?.watch(.readable)
    guard case .solo = state else { throw DatabaseError(.connectionLost, doing: "run a script or a copy") }
  }

  private func broken() -> DatabaseError {
    let error = DatabaseError(.connectionLost, doing: "run a script or a copy")
    fail(error)
    return error
  }
}
