package import EventLoop
package import SQL

/// The connections of one loop to one database. It lives until `close`.
package final class Pool: Database {
  private enum Work {
    case read([(Statement, [Bind])], (Attempt) -> Void)
    case lease(CheckedContinuation<Lease?, Never>)
  }

  private struct Attempt {
    let outcome: Result<[Rows], DatabaseError>
    /// Which connection it was made on, counted in the order of their opening.
    var opening = 0

    /// A read may be tried again: its connection broke, or had prepared it for tables that have changed.
    var isWorthAnother: Bool {
      if case .failure(let error) = outcome { error.cause == .connectionLost || error.isStalePlan } else { false }
    }
  }

  /// Names the connection too, because the slot may hold another one by the time the lease is taken up.
  private struct Lease {
    let slot: PoolMachine.Slot
    let connection: ObjectIdentifier
  }

  /// How often those that wait for a connection are looked at.
  private static let expiryMilliseconds = 100

  private let loop: EventLoop
  private let settings: ConnectionSettings
  private let connectionsMax: Int
  private var machine: PoolMachine
  private var connections: [PoolMachine.Slot: Connection] = [:]
  private var openings: [PoolMachine.Slot: Int] = [:]
  private var lastOpening = 0
  private var waiting: [PoolMachine.Request: Work] = [:]
  private var lastRequest = 0
  private var expiry: LoopTimer?
  private var isClosed = false

  package init(_ settings: ConnectionSettings, limits: PoolLimits, on loop: EventLoop) {
    self.loop = loop
    self.settings = settings
    connectionsMax = limits.connectionsMax
    machine = PoolMachine(limits: limits)
    expiry = LoopTimer(on: loop) { [weak self] in
      guard let self else { return }
      perform(machine.expire(now: now))
      if !machine.hasWaiting { expiry?.stop() }
    }
    perform(machine.start())
  }

  /// True while at least one connection is open.
  package var isConnected: Bool { machine.openCount > 0 }

  package var occupancy: PoolOccupancy { machine.occupancy }

  package func read(_ statements: [(Statement, [Bind])]) async throws(DatabaseError) -> [Rows] {
    var attempt = await attempt(statements)
    // What broke one connection may have broken all that were open then; so go on to one that is newer.
    let newest = lastOpening
    for _ in 0..<connectionsMax {
      guard attempt.isWorthAnother, attempt.opening <= newest else { break }
      attempt = await self.attempt(statements)
    }
    return try attempt.outcome.get()
  }

  private func attempt(_ statements: [(Statement, [Bind])]) async -> Attempt {
    await withCheckedContinuation { continuation in
      ask(.shared, .read(statements) { continuation.resume(returning: $0) })
    }
  }

  package func transaction<Result>(_ body: (any Session) async throws -> Result) async throws -> Result {
    try await withConnection { connection in
      _ = try await connection.query(.begin)
      do {
        let result = try await body(connection)
        guard !connection.isInFailedTransaction else {
          throw DatabaseError(.refused(.inFailedTransaction), doing: "commit a transaction")
        }
        _ = try await connection.query(.commit)
        return result
      } catch {
        if connection.isOpen { _ = try? await connection.query(.rollback) }
        throw error
      }
    }
  }

  package func snapshot<Result>(_ body: (any Session) async throws -> Result) async throws -> Result {
    try await withConnection { connection in
      let outcome: Swift.Result<Result, any Error>
      do { outcome = .success(try await body(Snapshot(of: connection))) } catch { outcome = .failure(error) }
      // Nothing was written.
      if connection.isOpen, !connection.isClean { _ = try? await connection.query(.rollback) }
      return try outcome.get()
    }
  }

  /// A transaction could begin at once.
  package var hasCapacity: Bool { !isClosed && machine.hasCapacity }

  package func run(script: String) async throws(DatabaseError) {
    do { try await withConnection { try await $0.run(script: script) } } catch let error as DatabaseError {
      throw error
    } catch {
      preconditionFailure("a connection throws nothing else")
    }
  }

  /// Lends a connection that nobody else uses meanwhile.
  package func withConnection<Result>(_ body: (Connection) async throws -> Result) async throws -> Result {
    guard let lease = await withCheckedContinuation({ ask(.exclusive, .lease($0)) }),
      let connection = connections[lease.slot], ObjectIdentifier(connection) == lease.connection
    else { throw DatabaseError(.unavailable, doing: "begin a transaction") }
    defer {
      if connection.isClean { perform(machine.finished(lease.slot)) } else { connection.close() }
    }
    return try await body(connection)
  }

  /// Closes every connection; what waits is refused, and so is what comes later.
  package func close() {
    isClosed = true
    expiry = nil
    for connection in connections.values { connection.close() }
    connections = [:]
    for request in waiting.keys { refuse(request) }
  }

  private var now: Int { Int(EventLoop.monotonicNanoseconds / 1_000_000) }

  private func ask(_ kind: PoolMachine.Kind, _ work: Work) {
    lastRequest += 1
    waiting[lastRequest] = work
    guard !isClosed else { return refuse(lastRequest) }
    if !machine.hasWaiting {
      expiry?.start(afterMilliseconds: Self.expiryMilliseconds, repeatMilliseconds: Self.expiryMilliseconds)
    }
    perform(machine.ask(lastRequest, kind, now: now))
    if !machine.hasWaiting { expiry?.stop() }
  }

  private func perform(_ actions: [PoolMachine.Action]) {
    for action in actions {
      switch action {
      case .open(let slot, let delay): open(slot, afterMilliseconds: delay)
      case .run(let request, let slot): run(request, on: slot)
      case .lease(let request, let slot):
        guard case .lease(let continuation)? = waiting.removeValue(forKey: request) else { continue }
        continuation.resume(
          returning: connections[slot].map { Lease(slot: slot, connection: ObjectIdentifier($0)) })
      case .refuse(let request): refuse(request)
      }
    }
  }

  private func run(_ request: PoolMachine.Request, on slot: PoolMachine.Slot) {
    guard case .read(let statements, let completion)? = waiting.removeValue(forKey: request) else { return }
    guard let connection = connections[slot] else {
      // It broke while an action before this one was carried out.
      return completion(
        Attempt(outcome: .failure(DatabaseError(.connectionLost, doing: PipelineQueue.name(of: statements)))))
    }
    let opening = openings[slot] ?? 0
    connection.send(statements) { [weak self] outcome in
      completion(Attempt(outcome: outcome, opening: opening))
      guard let self, connections[slot] === connection else { return }
      perform(machine.finished(slot))
    }
  }

  private func refuse(_ request: PoolMachine.Request) {
    switch waiting.removeValue(forKey: request) {
    case .read(let statements, let completion)?:
      completion(Attempt(outcome: .failure(DatabaseError(.unavailable, doing: PipelineQueue.name(of: statements)))))
    case .lease(let continuation)?:
      continuation.resume(returning: nil)
    case nil: break
    }
  }

  private func open(_ slot: PoolMachine.Slot, afterMilliseconds delay: Int) {
    loop.spawn {
      if delay > 0 { await self.loop.sleep(milliseconds: delay) }
      if !self.isClosed { await self.open(slot) }
    }
  }

  private func open(_ slot: PoolMachine.Slot) async {
    do {
      let connection = try await Connection.open(settings, on: loop, closed: { [weak self] _ in self?.lost(slot) })
      guard !isClosed else { return connection.close() }
      connections[slot] = connection
      lastOpening += 1
      openings[slot] = lastOpening
      perform(machine.opened(slot))
    } catch {
      lost(slot)
    }
  }

  private func lost(_ slot: PoolMachine.Slot) {
    connections[slot] = nil
    if !isClosed { perform(machine.closed(slot, jitter: .random(in: 0...1))) }
  }
}

/// A connection that begins a transaction with what it is first asked.
private final class Snapshot: Session {
  private let connection: Connection
  private var hasBegun = false

  init(of connection: Connection) { self.connection = connection }

  func query(_ statement: Statement, _ binds: [Bind]) async throws(DatabaseError) -> Rows {
    try await read([(statement, binds)])[0]
  }

  func read(_ statements: [(Statement, [Bind])]) async throws(DatabaseError) -> [Rows] {
    if hasBegun { return try await connection.read(statements) }
    hasBegun = true
    return Array(try await connection.read([(.beginSnapshot, [])] + statements).dropFirst())
  }

  func run(script: String) async throws(DatabaseError) {
    if !hasBegun { _ = try await read([]) }
    try await connection.run(script: script)
  }
}

extension Statement {
  static let begin = Statement("BEGIN")
  static let beginSnapshot = Statement("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
  static let commit = Statement("COMMIT")
  static let rollback = Statement("ROLLBACK")
}
