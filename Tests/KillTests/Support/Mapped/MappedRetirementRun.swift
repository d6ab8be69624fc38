import EventLoop
import Migration
import SQL
import TestSupport
import Testing

/// The old tables on their way out and back, killed at random both ways.
struct MappedRetirementRun<Case: MappedCase> {
  /// Longer than either takes.
  private static var millisecondsMax: Int { 250 }
  private static var keys: Int { Case.rows / 6 }
  private static var tables: [String] { Case.migration.oldTables.map(\.name) }

  let ground: Ground
  private let kills: [[Kill]]
  private let dice: SeededGenerator
  private let name: String

  /// Once for each server: every run ends where it began, with some rows changed.
  static func prepare(_ ground: Ground) async throws {
    let mapped = MappedGround<Case>(ground: ground)
    var change = Case.Change(keys: keys, seed: 11, isSound: false)
    try await mapped.reset(change.fill(Case.rows))
    for command in ["backfill", "verify"] {
      let end = try await mapped.run(command)
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
    let mapped = MappedGround<Case>(ground: ground)
    var dice = dice
    let (oldRows, lines, indexes) = (try await oldRows(), try await mapped.lines(), try await self.indexes())

    _ = try await crashTest("archive", kills[0], phase: "archived")(tally)
    #expect(try await relations("v") == Self.tables.count, "\(name)")
    #expect(try await mapped.lines() == lines, "\(name)")
    // Old SQL goes on, and only the new tables hear of it.
    let written = Set((0..<4).map { _ in dice.within(1...Self.keys) }).sorted()
    for key in written { try await server.run(Case.rewrite(key)) }
    let changed = try await mapped.lines()

    _ = try await crashTest("restore", kills[1], phase: "verified")(tally)
    #expect(try await relations("r") == Self.tables.count, "\(name)")
    let disagreements = Case.migration.newTables.last!.name
    func told(_ lines: Set<String>) -> Set<String> { lines.filter { !$0.hasPrefix(disagreements) } }
    let restored = try await mapped.lines()
    #expect(MappedGround<Case>.some(told(restored).symmetricDifference(told(changed))) == [], "\(name)")
    // Disagreements are what old rows say now.
    try await mapped.expectCopied(name)
    #expect(try await self.indexes() == indexes, "\(name)")
    let after = try await self.oldRows()
    for (key, rows) in oldRows where !written.contains(key) {
      #expect(after[key] == rows, "\(name): key \(key)")
    }
    #expect(Set(after.keys).subtracting(oldRows.keys).isSubset(of: written), "\(name)")
    try await mapped.verify(name)
  }

  private func crashTest(_ command: String, _ kills: [Kill], phase: String) -> CrashTest {
    let server = ground.server
    return CrashTest(
      name: name, arguments: [command, "--migration", Case.migration.name, "--force", "--reason", "test"],
      ground: ground, kills: kills,
      share: { try await Double(server.number("SELECT count(*) FROM switchyard.migrations WHERE phase = '\(phase)'")) },
      refusalWhenDone: "\(command) is not possible in phase \(phase)")
  }

  private func relations(_ kind: String) async throws -> Int {
    let names = Self.tables.map { "'\(Case.migration.schema.qualified($0))'::regclass" }.joined(separator: ", ")
    return try await ground.server.number(
      "SELECT count(*) FROM pg_class WHERE relkind = '\(kind)' AND oid IN (\(names))")
  }

  private func indexes() async throws -> [String] {
    let names = Self.tables.map { "'\($0)'" }.joined(separator: ", ")
    return try await ground.server.lines("SELECT indexdef FROM pg_indexes WHERE tablename IN (\(names)) ORDER BY 1")
  }

  private func oldRows() async throws -> [Int: Set<[String?]>] {
    let all = Case.migration.oldTables.map {
      "SELECT t.\($0.key), '\($0.name)', t::text FROM \(Case.migration.schema.qualified($0.name)) t"
    }
    let rows = try await ground.server.rows(all.joined(separator: " UNION ALL "))
    return Dictionary(grouping: rows) { Int($0[0]!)! }.mapValues(Set.init)
  }
}
