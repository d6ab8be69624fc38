import EventLoop
import Testing

/// A command that is killed at random, and run again until it says that it is done.
struct CrashTest {
  struct Kills {
    var count = 0
    /// How often the server was made to restart.
    var restarts = 0
  }

  private static let attemptsMax = 60

  let name: String
  let arguments: [String]
  let ground: Ground
  let kills: [Kill]
  /// How much of the work has taken effect; nil: it has not begun.
  let share: () async throws -> Double?
  /// What the command says where the attempt before it was killed after all was done.
  var refusalWhenDone: String?

  func callAsFunction(_ tally: Tally, afterEach check: () async throws -> Void = {}) async throws -> Kills {
    let killer = Killer(server: ground.server, loop: ground.loop, share: share)
    var left = kills[...]
    var done = Kills()
    for _ in 0..<Self.attemptsMax {
      let command = try Command(arguments, on: ground.server, ground.loop)
      while !command.hasEnded, let kill = left.first, let hit = try await killer.strike(kill, at: command) {
        left = left.dropFirst()
        tally.add(hit)
        done.count += 1
        if hit.victim != .program { done.restarts += 1 }
        if hit.victim != .backend { break }
      }
      let end = try await command.end()
      try await check()
      if end.isDone { return done }
      if let refusalWhenDone, end.printed.contains(refusalWhenDone) { return done }
      #expect(end.isExcused, "\(name): \(arguments[0]) \(end.exit) \(end.printed)")
    }
    throw NeverDone(command: arguments[0], attempts: Self.attemptsMax)
  }
}

struct NeverDone: Error {
  let command: String
  let attempts: Int
}
