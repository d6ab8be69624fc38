import EventLoop
import Glibc
import TestSupport

/// One kill: at whom, and when.
struct Kill {
  enum Victim: CaseIterable {
    case program
    /// The server process that runs the program's batch.
    case backend
    case both
  }

  /// When it falls.
  enum Moment {
    /// Milliseconds after the program was started.
    case afterStart(Int)
    /// When this share of the work has taken effect, and some milliseconds later.
    case afterShare(Double, milliseconds: Int)
  }

  let victim: Victim
  let moment: Moment

  /// Blows at any time of a work that takes so long, or right after it has taken effect.
  static func some(_ count: Int, within milliseconds: Int, _ dice: inout SeededGenerator) -> [Kill] {
    (0..<count).map { _ in
      Kill(
        victim: dice.pick(Victim.allCases),
        moment: dice.chance(4)
          ? .afterShare(1, milliseconds: dice.within(0...3)) : .afterStart(dice.within(0...milliseconds)))
    }
  }

  /// Blows in the order of the work, so that none waits for what is past.
  static func some(_ count: Int, _ dice: inout SeededGenerator) -> [Kill] {
    let shares = (0..<count).map { _ in Double(dice.within(-10...110)) / 100 }.sorted()
    return shares.map { share in
      let victim = dice.pick(Victim.allCases)
      if share < 0 { return Kill(victim: victim, moment: .afterStart(dice.within(0...60))) }
      return Kill(victim: victim, moment: .afterShare(min(share, 1), milliseconds: dice.within(0...12)))
    }
  }
}

/// Where a kill fell.
struct Hit: Sendable {
  let victim: Kill.Victim
  /// Of the work that had taken effect.
  let share: Double
  /// The statement that the program's batch was at; nil: it had none.
  let statement: String?
}

/// Waits for the moment of each kill, and strikes.
struct Killer {
  let server: OwnServer
  let loop: EventLoop
  /// How much of the work has taken effect; nil: it has not begun.
  let share: () async throws -> Double?

  /// - Returns: nil if the program ended before.
  func strike(_ kill: Kill, at command: Command) async throws -> Hit? {
    switch kill.moment {
    case .afterStart(let milliseconds): await loop.sleep(milliseconds: milliseconds)
    case .afterShare(let wanted, let milliseconds):
      while !command.hasEnded, try await share() ?? -1 < wanted { await loop.sleep(milliseconds: 2) }
      await loop.sleep(milliseconds: milliseconds)
    }
    guard !command.hasEnded else { return nil }
    let backend = try await backend(of: command, isNeeded: kill.victim != .program)
    guard !command.hasEnded else { return nil }
    if let backend, kill.victim != .program { Glibc.kill(backend.pid, SIGKILL) }
    if kill.victim != .backend || backend == nil { command.kill() }
    return Hit(
      victim: kill.victim, share: try await share() ?? 0, statement: backend?.statement)
  }

  /// The session of the program that has been in a transaction for the longest time.
  private func backend(of command: Command, isNeeded: Bool) async throws -> (pid: Int32, statement: String?)? {
    for _ in 0..<Self.looksMax where !command.hasEnded {
      let rows = try await server.rows(
        """
        SELECT a.pid, coalesce(substring(a.query FROM '-- name: (\\S+)'), left(a.query, 12))
        FROM pg_stat_activity a
        WHERE a.application_name = '\(Command.applicationName)' AND a.xact_start IS NOT NULL
        ORDER BY a.xact_start LIMIT 1
        """)
      if let row = rows.first, let pid = row[0].flatMap({ Int32($0) }) { return (pid, row[1]) }
      guard isNeeded else { return nil }
      await loop.sleep(milliseconds: 1)
    }
    return nil
  }

  private static let looksMax = 50
}
