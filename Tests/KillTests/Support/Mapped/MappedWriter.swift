import Cutover
import EventLoop
import Postgres
import SQL
import TestSupport

/// A program that writes a migration's old tables, and a repair; both try again where the server goes away.
final class MappedWriter<Case: MappedCase> {
  private static var pauseMilliseconds: Int { 15 }

  private let ground: Ground
  private let pool: Pool
  private var change: Case.Change
  private var isStopped = false
  private var active = 0
  /// Errors that no killed server explains.
  private(set) var unexpected: [String] = []

  init(_ ground: Ground, _ change: Case.Change) {
    self.ground = ground
    self.change = change
    pool = ground.pool()
  }

  func start() {
    repeatedly {
      let statement = Statement(self.change.any())
      try await self.pool.transaction { session in _ = try await session.query(statement) }
    }
    repeatedly { _ = try await Repair(Case.migration, database: self.pool).drain() }
  }

  /// Waits until each has ended what it was at.
  func stop() async {
    isStopped = true
    while active > 0 { await ground.loop.sleep(milliseconds: 1) }
  }

  func drain() async throws {
    defer { pool.close() }
    try await eventually("the queue is empty", on: ground.loop) {
      try await ground.server.run("UPDATE switchyard.repair_queue SET next_attempt_at = now()")
      do { _ = try await Repair(Case.migration, database: pool).drain() } catch let error as DatabaseError
        where error.isTransient
      {}
      return try await ground.server.number("SELECT count(*) FROM switchyard.repair_queue") == 0
    }
  }

  private func repeatedly(_ body: @escaping () async throws -> Void) {
    active += 1
    ground.loop.spawn {
      while !self.isStopped {
        do { try await body() } catch let error as DatabaseError where error.isTransient {} catch {
          self.unexpected.append("\(error)")
          self.isStopped = true
        }
        await self.ground.loop.sleep(milliseconds: Self.pauseMilliseconds)
      }
      self.active -= 1
    }
  }
}
