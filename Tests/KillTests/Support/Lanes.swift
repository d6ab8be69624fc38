import EventLoop
import Synchronization
import TestSupport
import Testing

/// Several servers side by side: while one restarts, the processors work for another.
enum Lanes {
  private static let countMax = 3

  /// Runs each seed on one of the servers. A run that fails tells its seed, and the others go on.
  /// - Parameters:
  ///   - open: starts a server.
  ///   - prepare: done once on each.
  static func run(
    _ seeds: Seeds, open: @escaping @Sendable (EventLoop) async throws -> Ground,
    prepare: @escaping @Sendable (Ground) async throws -> Void,
    _ body: @escaping @Sendable (Ground, UInt64) async throws -> Void
  ) async throws {
    let left = Left(seeds.all)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<min(countMax, seeds.all.count) {
        group.addTask {
          try await onLoop { loop in
            let ground = try await open(loop)
            do { try await prepare(ground) } catch {
              await ground.close()
              throw error
            }
            while let seed = left.next() {
              do { try await body(ground, seed) } catch { Issue.record("\(Seeds.variable)=\(seed): \(error)") }
            }
            await ground.close()
          }
        }
      }
      try await group.waitForAll()
    }
  }

  private final class Left: Sendable {
    private let seeds: Mutex<ArraySlice<UInt64>>

    init(_ seeds: [UInt64]) { self.seeds = Mutex(seeds[...]) }

    func next() -> UInt64? { seeds.withLock { $0.popFirst() } }
  }
}
