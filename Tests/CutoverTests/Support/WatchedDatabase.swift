import SQL

/// A database whose next read waits for a gate, and that counts reads which failed.
final class WatchedDatabase: Database {
  enum Gate {
    /// What is read is what is there when the gate opens.
    case before
    /// What is read is what was there long ago when the gate opens.
    case after
  }

  private let database: any Database
  private var next: Gate?
  private var gate: CheckedContinuation<Void, Never>?
  private(set) var failureCount = 0

  init(_ database: any Database, gate: Gate? = nil) {
    self.database = database
    next = gate
  }

  func closeGate(_ gate: Gate) { next = gate }

  var isWaitingAtGate: Bool { gate != nil }

  func openGate() {
    gate?.resume()
    gate = nil
  }

  func read(_ statements: [(Statement, [Bind])]) async throws(DatabaseError) -> [Rows] {
    let gate = next
    next = nil
    if gate == .before { await withCheckedContinuation { self.gate = $0 } }
    do {
      let rows = try await database.read(statements)
      if gate == .after { await withCheckedContinuation { self.gate = $0 } }
      return rows
    } catch {
      failureCount += 1
      throw error
    }
  }

  func run(script: String) async throws(DatabaseError) { try await database.run(script: script) }

  func transaction<Result>(_ body: (any Session) async throws -> Result) async throws -> Result {
    try await database.transaction(body)
  }
}
