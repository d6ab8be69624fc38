import Cutover
import EventLoop
import Migration
import Postgres
import SQL
import Testing
import TestSupport

/// Programs, repair and backfill, one step after the other in any order.
@Suite(.serialized) struct ContentInterleavingTests {
  private static let programs = 3
  private static let decisions = 4

  /// Few sound rows, so that whole parts come and go, or many of any kind.
  @Test(
    "at every moment what is committed is in the new tables or in the queue; at the end all is right",
    arguments: [(true, 8), (false, 50)])
  func holds(isSound: Bool, rows: Int) async throws {
    let seed = UInt64.random(in: .min ... .max)
    print("seed \(seed)")
    try await onLoop { loop in
      let stage = try await ContentStage.open(on: loop)
      defer { stage.close() }
      var sessions: [ContentSession] = []
      defer { for session in sessions { session.close() } }
      for _ in 0..<Self.programs { sessions.append(try await ContentSession.open(stage)) }
      var change = ContentChange(decisions: Self.decisions, seed: seed, isSound: isSound)
      try await stage.runUnseen(change.fill(rows))
      try await stage.backfill()
      var isOpen = Array(repeating: false, count: Self.programs)
      var queuedEver = 0
      for step in 0..<(isSound ? 150 : 80) {
        let program = change.random.below(Self.programs)
        switch change.random.below(24) {
        case 0 where step % 4 == 0 || !isOpen.contains(true): try await stage.repair()
        case 1 where !isOpen.contains(true): try await stage.backfill(change.random.within(1...6))
        case 2..<8 where isOpen[program]:
          if change.random.chance(4) {
            try await sessions[program].rollBack()
          } else {
            try await sessions[program].commit()
          }
          isOpen[program] = false
        default:
          if !isOpen[program] {
            try await sessions[program].begin(change.random.chance(6) ? "REPEATABLE READ" : "READ COMMITTED")
            isOpen[program] = true
          }
          let sources = ContentSource.all.indices.filter { $0 % Self.programs == program }.map { ContentSource.all[$0] }
          let source = change.random.pick(sources)
          let write =
            change.random.chance(2)
            ? change.insert(into: source)
            : change.random.chance(2)
              ? change.update(source) : change.delete(from: source)
          try await sessions[program].run(write)
        }
        queuedEver += try await Self.expectHolds(stage, "seed \(seed), step \(step)")
      }
      for (session, isOpen) in zip(sessions, isOpen) where isOpen { try await session.commit() }
      #expect(queuedEver > 10, "seed \(seed)")
      try await stage.repair()
      #expect(try await stage.queued() == [:], "seed \(seed)")
      let model = try await stage.model()
      try await expect(stage.newLines(), are: model.lines, "seed \(seed)")
      #expect(try await stage.skippedRows() == model.skipped, "seed \(seed)")
    }
  }

  /// - Returns: how many decisions await repair.
  private static func expectHolds(_ stage: ContentStage, _ what: String) async throws -> Int {
    try await stage.pool.snapshot { session in
      let queued = try await stage.queued(in: session)
      func settled(_ lines: Set<String>) -> Set<String> {
        lines.filter { queued[Int($0.split(separator: " ")[1])!] == nil }
      }
      let (lines, model) = (try await stage.newLines(in: session), try await stage.model(in: session))
      expect(settled(lines), are: settled(model.lines), what)
      return queued.count
    }
  }
}
