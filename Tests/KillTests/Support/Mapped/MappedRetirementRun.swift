import EventLoop
import Migration
import TestSupport
import Testing

/// The nine old tables on their way out and back, killed at random both ways.
struct ContentRetirementRun {
  /// Longer than either takes.
  private static let millisecondsMax = 250
  private static let decisions = 200

  let ground: Ground
  private let kills: [[Kill]]
  private let dice: SeededGenerator
  private let name: String

  /// Once for each server: every run ends where it began, with some rows changed.
  static func prepare(_ ground: Ground) async throws {
    var change = ContentChange(keys: decisions, seed: 11)
    try await ground.resetContent(change.fill(1_500))
    for command in ["backfill", "verify"] {
      let end = try await ground.runContent(command)
      try #require(end.isDone, "\(end.printed)")
    }
  }

  init(_ ground: Ground, seed: UInt64) {
    self.ground = ground
    name = "\(Seeds.variable)=\(seed)"
    var dice = SeededGenerator(seed: seed)
    kills = (0..<2).map { _ in Kill.some(dice.within(1...3), within: Self.millisecondsMax, &dice) }
    self.dice = dice
  }

  func callAsFunction(_ tally: Tally) async throws {
    let server = ground.server
    var dice = dice
    let (oldRows, lines, indexes) = (try await oldRows(), try await ground.contentLines(), try await self.indexes())

    _ = try await ordeal("archive", kills[0], phase: "archived")(tally)
    #expect(try await relations("v") == 9, "\(name)")
    #expect(try await ground.contentLines() == lines, "\(name)")
    // Old SQL goes on, and only the new tables hear of it.
    let written = Set((0..<4).map { _ in dice.within(1...Self.decisions) }).sorted()
    for decision in written {
      try await server.run(
        """
        DELETE FROM content.content_metadata WHERE decision_id = \(decision);
        INSERT INTO content.content_metadata (decision_id, content, status) VALUES (\(decision), 'new', 'posted');
        INSERT INTO content.tweets (decision_id, tweet_id, posted_at) VALUES (\(decision), 't', '2025-06-20Z');
        INSERT INTO content.outcomes (decision_id, likes, collected_at) VALUES (\(decision), 5, '2025-06-21Z')
        """)
    }
    let changed = try await ground.contentLines()

    _ = try await ordeal("restore", kills[1], phase: "verified")(tally)
    #expect(try await relations("r") == 9, "\(name)")
    func threeTables(_ lines: Set<String>) -> Set<String> { lines.filter { !$0.hasPrefix("content_disagreements") } }
    let restored = try await ground.contentLines()
    #expect(Ground.some(threeTables(restored).symmetricDifference(threeTables(changed))) == [], "\(name)")
    // Disagreements are what old rows say now.
    try await ground.expectContent(name)
    #expect(try await self.indexes() == indexes, "\(name)")
    let after = try await self.oldRows()
    for (decision, rows) in oldRows where !written.contains(decision) {
      #expect(after[decision] == rows, "\(name): decision \(decision)")
    }
    #expect(Set(after.keys).subtracting(oldRows.keys).isSubset(of: written), "\(name)")
    try await ground.verifyContent(name)
  }

  private func ordeal(_ command: String, _ kills: [Kill], phase: String) -> Ordeal {
    let server = ground.server
    return Ordeal(
      name: name, arguments: [command, "--migration", Ground.content.name, "--force", "--reason", "test"],
      ground: ground, kills: kills,
      share: { try await Double(server.number("SELECT count(*) FROM switchyard.migrations WHERE phase = '\(phase)'")) },
      refusalWhenDone: "\(command) is not possible in phase \(phase)")
  }

  private func relations(_ kind: String) async throws -> Int {
    let names = ContentSource.all.map { "'content.\($0.table)'::regclass" }.joined(separator: ", ")
    return try await ground.server.number(
      "SELECT count(*) FROM pg_class WHERE relkind = '\(kind)' AND oid IN (\(names))")
  }

  private func indexes() async throws -> [String] {
    let names = ContentSource.all.map { "'\($0.table)'" }.joined(separator: ", ")
    return try await ground.server.lines("SELECT indexdef FROM pg_indexes WHERE tablename IN (\(names)) ORDER BY 1")
  }

  private func oldRows() async throws -> [Int: Set<[String?]>] {
    let all = ContentSource.all.map { "SELECT t.decision_id, '\($0.table)', t::text FROM content.\($0.table) t" }
    let rows = try await ground.server.rows(all.joined(separator: " UNION ALL "))
    return Dictionary(grouping: rows) { Int($0[0]!)! }.mapValues(Set.init)
  }
}
