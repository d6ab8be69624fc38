import EventLoop
import Postgres
import Synchronization
import TestSupport

/// Programs that know nothing of us and write the old tables, and a repair, until they are told to end. Each writes tables of
/// its own, so that none waits for another's rows.
final class StageLoad<Stage: MigrationStage>: Sendable {
  private static var programs: Int { 3 }

  private let seed: UInt64
  private let keys: Int
  private let isOver = Atomic(false)
  private let count = Atomic(0)
  private let failures = Mutex<[String]>([])

  init(seed: UInt64, keys: Int) {
    self.seed = seed
    self.keys = keys
  }

  func stop() { isOver.store(true, ordering: .relaxed) }

  var writes: Int { count.load(ordering: .relaxed) }
  /// What the programs were told that they should not have been told.
  var errors: [String] { failures.withLock { $0 } }

  /// Returns when it was stopped.
  func run(on settings: ConnectionSettings) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0...Self.programs {
        group.addTask {
          try await onLoop { loop in
            let stage = Stage.join(settings, on: loop, connections: 1)
            defer { stage.close() }
            var change = Stage.Change(keys: self.keys, seed: self.seed &+ UInt64(number), isSound: false)
            while !self.isOver.load(ordering: .relaxed) {
              do {
                if number == Self.programs {
                  try await stage.repair()
                } else {
                  let count = change.random.within(1...3)
                  try await stage.run((0..<count).map { _ in change.write(of: number, among: Self.programs) })
                  self.count.add(1, ordering: .relaxed)
                }
              } catch {
                self.failures.withLock { $0.append("\(number): \(error)") }
                return
              }
              // A pace, and no wait for anything: what runs beside it must get on.
              await loop.sleep(milliseconds: 8)
            }
          }
        }
      }
      try await group.waitForAll()
    }
  }
}
