import EventLoop
import Postgres
import Synchronization
import TestSupport

/// Programs that know nothing of us and write the old tables, and a repair, until they are told to end. Each writes tables of
/// its own, so that none waits for another's rows.
final class ContentLoad: Sendable {
  private static let programs = 3

  private let seed: UInt64
  private let decisions: Int
  private let isOver = Atomic(false)
  private let count = Atomic(0)
  private let failures = Mutex<[String]>([])

  init(seed: UInt64, decisions: Int) {
    self.seed = seed
    self.decisions = decisions
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
            let stage = ContentStage.join(settings, on: loop, connections: 1)
            defer { stage.close() }
            var change = ContentChange(decisions: self.decisions, seed: self.seed &+ UInt64(number))
            while !self.isOver.load(ordering: .relaxed) {
              do {
                if number == Self.programs {
                  try await stage.repair()
                } else {
                  try await stage.run(Self.some(number, &change))
                  self.count.add(1, ordering: .relaxed)
                }
              } catch {
                self.failures.withLock { $0.append("\(number): \(error)") }
                return
              }
              await loop.sleep(milliseconds: 8)
            }
          }
        }
      }
      try await group.waitForAll()
    }
  }

  private static func some(_ program: Int, _ change: inout ContentChange) -> [String] {
    let sources = ContentSource.all.indices.filter { $0 % programs == program }.map { ContentSource.all[$0] }
    return (0..<change.random.within(1...3)).map { _ in
      let source = change.random.pick(sources)
      return switch change.random.below(3) {
      case 0: change.insert(into: source)
      case 1: change.update(source)
      default: change.delete(from: source)
      }
    }
  }
}
