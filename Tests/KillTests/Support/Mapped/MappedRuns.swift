import Cutover
import EventLoop
import Migration
import Postgres
import SQL
import TestSupport
import Testing

/// A backfill of the content pipeline that is killed at random until its command says that it is done.
struct ContentBackfillRun {
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
    batch = dice.within(12...40)
    isBusy = dice.chance(3)
    self.dice = dice
  }

  func callAsFunction(_ tally: Tally) async throws {
    var dice = dice
    var change = ContentChange(keys: dice.within(200...300), seed: dice.next())
    try await ground.resetContent(change.fill(1_200))
    let decisions = Set(try await ground.contentModel().verdicts.values.map(\.key)).count
    let writer = isBusy ? ContentWriter(ground, change) : nil
    writer?.start()
    let server = ground.server
    let ordeal = Ordeal(
      name: name, arguments: ["backfill", "--migration", Ground.content.name, "--batch-size", String(batch)],
      ground: ground, kills: kills, share: { try await Journal.share(server) })
    do { _ = try await ordeal(tally) } catch {
      await writer?.stop()
      throw error
    }
    if let writer {
      await writer.stop()
      #expect(writer.unexpected == [], "\(name)")
      try await writer.drain()
    }
    try await ground.expectContent(name)
    #expect(try await Journal.read(server).steps == [], "\(name): batches")
    #expect(try await server.lines("SELECT step FROM switchyard.phase_moves") == ["backfill"], "\(name)")
    guard !isBusy else { return }
    let results = try await server.lines("SELECT report ->> 'results' FROM switchyard.jobs WHERE kind = 'backfill'")
    #expect(Set(results) == [String(decisions)], "\(name): each decision once")
  }
}

/// A create of the content pipeline that is killed at random.
struct ContentCreateRun {
  /// Longer than it takes.
  private static let millisecondsMax = 400

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
    let tables = Ground.content.newTables.map { "content.\($0.name)" }.joined(separator: ", ")
    try await server.run(
      """
      DROP SCHEMA IF EXISTS switchyard CASCADE;
      DROP TABLE IF EXISTS \(tables) CASCADE;
      DROP FUNCTION IF EXISTS content.content_fill_engagement_rate();
      TRUNCATE \(Ground.content.oldTables.map { "content.\($0.name)" }.joined(separator: ", "))
      """)
    let ordeal = Ordeal(
      name: name, arguments: ["create", "--migration", Ground.content.name], ground: ground, kills: kills,
      share: { try await Double(server.number("SELECT count(*) FROM pg_class WHERE relname = 'content_queue'")) },
      refusalWhenDone: "create is not possible in phase dual_writing")
    _ = try await ordeal(tally) { try await expectAllOrNothing() }
    #expect(
      try await server.lines("SELECT phase, dual_write FROM switchyard.migrations") == ["dual_writing t"], "\(name)")
    #expect(
      try await server.lines("SELECT step FROM switchyard.phase_moves ORDER BY id") == ["create", "dual_write_on"],
      "\(name)")
    // What is written now is followed.
    var change = ContentChange(keys: 20, seed: seed)
    try await server.run("BEGIN; \((change.fill(60) + change.some(40)).joined(separator: ";\n")); COMMIT")
    try await ground.expectContent(name)
  }

  /// Four tables and four triggers on each of nine, at every moment.
  private func expectAllOrNothing() async throws {
    let names = Ground.content.newTables.map { "'\($0.name)'" }.joined(separator: ", ")
    let made = try await ground.server.lines(
      """
      SELECT (SELECT count(*) FROM pg_class WHERE relname IN (\(names))),
        (SELECT count(*) FROM pg_trigger WHERE tgname ~ '^switchyard_mirror')
      """)
    #expect([["0 0"], ["4 36"]].contains(made), "\(name): a part was made")
  }
}

/// New tables that something has spoilt, and a verification that mends them and is killed meanwhile.
struct ContentVerifyRun {
  /// Longer than it takes.
  private static let millisecondsMax = 900
  private static let decisions = 500

  let ground: Ground
  private let kills: [Kill]
  private let defects: [String]
  private let name: String

  /// Once for each server: every run leaves both schemas equal.
  static func prepare(_ ground: Ground) async throws {
    var change = ContentChange(keys: decisions, seed: 7)
    try await ground.resetContent(change.fill(2_200))
    let end = try await ground.runContent("backfill")
    try #require(end.isDone, "\(end.printed)")
    try await ground.server.run("VACUUM ANALYZE")
  }

  init(_ ground: Ground, seed: UInt64) {
    self.ground = ground
    name = "\(Seeds.variable)=\(seed)"
    var dice = SeededGenerator(seed: seed)
    kills = Kill.some(dice.within(1...3), within: Self.millisecondsMax, &dice)
    defects = (0..<dice.within(3...8)).map { _ in
      let first = dice.within(1...Self.decisions)
      let some = "decision_id BETWEEN \(first) AND \(first + dice.within(0...150))"
      return dice.pick([
        "DELETE FROM content.content_queue WHERE \(some)", "DELETE FROM content.engagement_metrics WHERE \(some)",
        "UPDATE content.content_queue SET topic = 'spoilt' WHERE \(some)",
        "UPDATE content.posted_content SET posted_at = posted_at + interval '1 day' WHERE \(some)",
        "UPDATE content.engagement_metrics SET likes = 12345 WHERE \(some)",
        "UPDATE content.content_disagreements SET other = 'spoilt' WHERE \(some)",
        """
        INSERT INTO content.engagement_metrics (decision_id, tweet_id, collected_at, collected_pass)
        SELECT decision_id, 'x', '2020-01-01Z', 'T+1h' FROM content.posted_content WHERE \(some) ON CONFLICT DO NOTHING
        """,
      ])
    }
  }

  func callAsFunction(_ tally: Tally) async throws {
    let server = ground.server
    try await server.run("BEGIN; \(defects.joined(separator: ";\n")); COMMIT")
    let ordeal = Ordeal(
      name: name, arguments: ["verify", "--migration", Ground.content.name, "--repair"], ground: ground, kills: kills,
      share: { try await VerifyRun.share(server) })
    _ = try await ordeal(tally)
    try await ground.expectContent(name)
    try await ground.verifyContent(name)
    let doubled = try await server.lines(
      """
      SELECT d.verification, d.table_name, d.key, d.member, d.column_name, count(*) FROM switchyard.differences d
      WHERE d.key IS NOT NULL GROUP BY 1, 2, 3, 4, 5 HAVING count(*) > 1
      """)
    #expect(doubled == [], "\(name): differences listed twice")
  }
}
