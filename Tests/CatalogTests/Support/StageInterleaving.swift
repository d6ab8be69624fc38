import Cutover
import Migration
import Postgres
import SQL
import TestSupport
import Testing

extension MigrationStage {
  /// Programs, repair and backfill, one step after the other in any order: at every moment what is committed is in the
  /// new tables or in the queue; at the end all is right.
  /// - Parameters:
  ///   - rows: how many old rows there are before the first step.
  ///   - disturb: what else may happen while no transaction is open.
  func interleave(
    keys: Int, rows: Int, isSound: Bool, steps: Int, seed: UInt64,
    disturb: (inout Change) async throws -> Void = { _ in }
  ) async throws {
    let programs = 3
    var sessions: [StageSession<Self>] = []
    defer { for session in sessions { session.close() } }
    for _ in 0..<programs { sessions.append(try await StageSession.open(self)) }
    var change = Change(keys: keys, seed: seed, isSound: isSound)
    try await runUnseen(change.fill(rows))
    try await backfill()
    var isOpen = Array(repeating: false, count: programs)
    var queuedEver = 0
    for step in 0..<steps {
      let program = change.random.below(programs)
      switch change.random.below(24) {
      case 0...1 where step % 4 == 0 || !isOpen.contains(true): try await repair()
      case 2 where !isOpen.contains(true): try await backfill(change.random.within(1...6))
      case 3 where !isOpen.contains(true): try await disturb(&change)
      case 3..<14 where isOpen[program]:
        if change.random.chance(4) {
          try await sessions[program].rollBack()
        } else {
          try await sessions[program].commit()
        }
        isOpen[program] = false
      default:
        if !isOpen[program] {
          try await sessions[program].begin(change.random.chance(15) ? "REPEATABLE READ" : "READ COMMITTED")
          isOpen[program] = true
        }
        try await sessions[program].run(change.write(of: program, among: programs))
      }
      queuedEver += try await expectHolds("seed \(seed), step \(step)")
    }
    for (session, isOpen) in zip(sessions, isOpen) where isOpen { try await session.commit() }
    #expect(queuedEver > 0, "seed \(seed)")
    try await repair()
    #expect(try await queued() == [:], "seed \(seed)")
    let model = try await model()
    try await expect(newLines(), are: model.lines, "seed \(seed)")
    #expect(try await skippedRows() == model.skipped, "seed \(seed)")
  }

  /// - Returns: how many keys await repair.
  private func expectHolds(_ what: String) async throws -> Int {
    try await pool.snapshot { session in
      let queued = try await queued(in: session)
      /// Of keys that do not await repair; a row that several keys share has none.
      func normalized(_ lines: Set<String>) -> Set<String> {
        lines.filter { line in Int(line.split(separator: " ")[1]).map { queued[$0] == nil } ?? false }
      }
      let (lines, model) = (try await newLines(in: session), try await model(in: session))
      expect(normalized(lines), are: normalized(model.lines), what)
      return queued.count
    }
  }
}
