import Cutover
import EventLoop
import Migration
import Postgres
import SQL
import TestSupport
import Testing

/// A backfill of a migration that is killed at random until its command says that it is done.
struct MappedBackfillRun<Case: MappedCase> {
  let ground: Ground
  private let name: String
  private let dice: SeededGenerator
  private let kills: [Kill]
  private let batch: Int
  private let isBusy: Bool

  init(_ ground: Ground, seed: UInt64) {
    self.ground = ground
    name = "\(Seeds.variable)=\(seed)"
    var dice = SeededGenerator(seed: seed)
    kills = Kill.some(dice.within(1...3), &dice)
    batch = Case.rows / dice.within(30...100)
    isBusy = dice.chance(3)
    self.dice = dice
  }

  func callAsFunction(_ tally: Tally) async throws {
    var dice = dice
    var change = Case.Change(keys: Case.rows / dice.within(4...6), seed: dice.next(), isSound: false)
    let mapped = MappedGround<Case>(ground: ground)
    try await mapped.reset(change.fill(Case.rows))
    let keys = Set(try await mapped.model().verdicts.values.map(\.key)).count
    let writer = isBusy ? MappedWriter<Case>(ground, change) : nil
    writer?.start()
    let server = ground.server
    let crashTest = CrashTest(
      name: name, arguments: ["backfill", "--migration", Case.migration.name, "--batch-size", String(batch)],
      ground: ground, kills: kills, share: { try await Journal.share(server) })
    do { _ = try await crashTest(tally) } catch {
      await writer?.stop()
      throw error
    }
    if let writer {
      await writer.stop()
      #expect(writer.unexpected == [], "\(name)")
      try await writer.drain()
    }
    try await mapped.expectCopied(name)
    #expect(try await Journal.read(server).steps == [], "\(name): batches")
    #expect(try await server.lines("SELECT step FROM switchyard.phase_moves") == ["backfill"], "\(name)")
    guard !isBusy else { return }
    let results = try await server.lines("SELECT report ->> 'results' FROM switchyard.jobs WHERE kind = 'backfill'")
    #expect(Set(results) == [String(keys)], "\(name): each key once")
  }
}

/// A create of a migration that is killed at random.
struct MappedCreateRun<Case: MappedCase> {
  /// Longer than it takes.
  private static var millisecondsMax: Int { 400 }

  let ground: Ground
  private let kills: [Kill]
  private let seed: UInt64
  private let name: String

  init(_ ground: Ground, seed: UInt64) {
    self.ground = ground
    self.seed = seed
    name = "\(Seeds.variable)=\(seed)"
    var dice = SeededGenerator(seed: seed)
    kills = Kill.some(dice.within(1...3), within: Self.millisecondsMax, &dice)
  }

  func callAsFunction(_ tally: Tally) async throws {
    let server = ground.server
    try await server.run(
      """
      \(Case.migration.expansion.remove.text);
      DROP SCHEMA switchyard CASCADE;
      TRUNCATE \(MappedGround<Case>.tables(Case.migration.oldTables.map(\.name)))
      """)
    let crashTest = CrashTest(
      name: name, arguments: ["create", "--migration", Case.migration.name], ground: ground, kills: kills,
      share: {
        try await Double(
          server.number("SELECT count(*) FROM pg_class WHERE relname = '\(Case.migration.newTables[0].name)'"))
      },
      refusalWhenDone: "create is not possible in phase dual_writing")
    _ = try await crashTest(tally) { try await expectAllOrNothing() }
    #expect(
      try await server.lines("SELECT phase, dual_write FROM switchyard.migrations") == ["dual_writing t"], "\(name)")
    #expect(
      try await server.lines("SELECT step FROM switchyard.phase_moves ORDER BY id") == ["create"],
      "\(name)")
    // What is written now is followed.
    var change = Case.Change(keys: 20, seed: seed, isSound: false)
    try await server.run("BEGIN; \((change.fill(60) + change.some(40)).joined(separator: ";\n")); COMMIT")
    try await MappedGround<Case>(ground: ground).expectCopied(name)
  }

  /// All tables, four triggers on each old one, and all roles, at every moment.
  private func expectAllOrNothing() async throws {
    let names = Case.migration.newTables.map { "'\($0.name)'" }.joined(separator: ", ")
    let made = try await ground.server.lines(
      """
      SELECT (SELECT count(*) FROM pg_class WHERE relname IN (\(names))),
        (SELECT count(*) FROM pg_trigger WHERE tgname ~ '^switchyard_(enqueue|refuse)'),
        (SELECT count(*) FROM pg_roles WHERE rolname ~ '^switchyard_')
      """)
    let all = "\(Case.migration.newTables.count) \(4 * Case.migration.oldTables.count) \(Case.roles)"
    #expect([["0 0 0"], [all]].contains(made), "\(name): a part was made")
  }
}

/// New tables that something has spoilt, and a verification that mends them and is killed meanwhile.
struct MappedVerifyRun<Case: MappedCase> {
  /// Longer than it takes.
  private static var millisecondsMax: Int { 900 }
  private static var keys: Int { Case.rows / 4 }

  let ground: Ground
  private let kills: [Kill]
  private let defects: [String]
  private let name: String

  /// Once for each server: every run leaves both schemas equal.
  static func prepare(_ ground: Ground) async throws {
    let mapped = MappedGround<Case>(ground: ground)
    var change = Case.Change(keys: keys, seed: 7, isSound: false)
    try await mapped.reset(change.fill(Case.rows))
    let end = try await mapped.run("backfill")
    try #require(end.isDone, "\(end.printed)")
    try await ground.server.run("VACUUM ANALYZE")
  }

  init(_ ground: Ground, seed: UInt64) {
    self.ground = ground
    name = "\(Seeds.variable)=\(seed)"
    var dice = SeededGenerator(seed: seed)
    kills = Kill.some(dice.within(1...3), within: Self.millisecondsMax, &dice)
    defects = (0..<dice.within(3...8)).map { _ in
      let first = dice.within(1...Self.keys)
      return dice.pick(Case.defects(of: first...first + dice.within(0...150)))
    }
  }

  func callAsFunction(_ tally: Tally) async throws {
    let server = ground.server
    try await server.run("BEGIN; \(defects.joined(separator: ";\n")); COMMIT")
    let crashTest = CrashTest(
      name: name, arguments: ["verify", "--migration", Case.migration.name, "--repair"], ground: ground, kills: kills,
      share: { try await VerifyRun.share(server) })
    _ = try await crashTest(tally)
    let mapped = MappedGround<Case>(ground: ground)
    try await mapped.expectCopied(name)
    try await mapped.verify(name)
    let doubled = try await server.lines(
      """
      SELECT d.verification, d.table_name, d.key, d.member, d.column_name, count(*) FROM switchyard.differences d
      WHERE d.key IS NOT NULL GROUP BY 1, 2, 3, 4, 5 HAVING count(*) > 1
      """)
    #expect(doubled == [], "\(name): differences listed twice")
  }
}
