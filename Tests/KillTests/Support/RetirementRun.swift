import Cutover
import Postgres
import SQL
import ScoreNow
import Scoring
import Testing
import TestSupport

/// The old table on its way out and back, killed at random both ways.
struct RetirementRun {
  /// Longer than either takes.
  private static let millisecondsMax = 200

  let ground: Ground
  private let kills: [[Kill]]
  private let name: String

  /// Once for each server: every run ends where it began, with some results more.
  static func prepare(_ ground: Ground) async throws {
    try await ground.reset(WideData(seed: 11, results: 1_500, longTopics: [17], unlucky: [900]))
    for command in ["backfill", "verify"] {
      let end = try await ground.run(command)
      try #require(end.isDone, "\(end.printed)")
    }
  }

  init(_ ground: Ground, seed: UInt64) {
    self.ground = ground
    name = "\(Seeds.variable)=\(seed)"
    var dice = SeededGenerator(seed: seed)
    kills = (0..<2).map { _ in Kill.some(dice.within(1...3), within: Self.millisecondsMax, &dice) }
  }

  func callAsFunction(_ tally: Tally) async throws {
    let server = ground.server
    try await server.run(
      "DROP TABLE IF EXISTS public.kept_rows; CREATE TABLE public.kept_rows AS TABLE extracted_positions")
    let lastFact = try await server.number("SELECT max(id) FROM metric_facts")
    let indexes = "SELECT indexdef FROM pg_indexes WHERE tablename = 'extracted_positions' ORDER BY 1"
    let indexesBefore = try await server.lines(indexes)

    _ = try await crashTest("archive", kills[0], phase: "archived")(tally)
    #expect(try await relation() == "v", "\(name)")
    #expect(try await differences(from: "extracted_positions_archived") == [], "\(name): the archived table")
    #expect(
      try await server.lines("SELECT count(*) FROM extracted_positions WHERE competitor_name IS NULL")
        == server.lines("SELECT count(*) FROM metric_facts"), "\(name): old SQL still gets answers")
    try await score()

    _ = try await crashTest("restore", kills[1], phase: "verified")(tally)
    #expect(try await relation() == "r", "\(name)")
    // What was scored meanwhile takes the place of old rows that were skipped when they were copied.
    let scored = "SELECT collector_result_id FROM metric_facts WHERE id > \(lastFact)"
    #expect(try await differences(from: "extracted_positions", except: scored) == [], "\(name)")
    #expect(try await server.lines(indexes) == indexesBefore, "\(name)")
    #expect(try await ground.mistakes() == [], "\(name)")
    #expect(try await server.lines("SELECT kind FROM switchyard.jobs WHERE state <> 'done'") == [], "\(name)")
    let verify = try await ground.run("verify")
    #expect(verify.isDone && verify.printed.contains(": equal"), "\(name): \(verify.printed)")
  }

  private func crashTest(_ command: String, _ kills: [Kill], phase: String) -> CrashTest {
    let server = ground.server
    return CrashTest(
      name: name, arguments: [command, "--force", "--reason", "test"], ground: ground, kills: kills,
      share: { try await Double(server.number("SELECT count(*) FROM switchyard.migrations WHERE phase = '\(phase)'")) },
      refusalWhenDone: "\(command) is not possible in phase \(phase)")
  }

  private func relation() async throws -> String? {
    try await ground.server.rows("SELECT relkind FROM pg_class WHERE oid = 'extracted_positions'::regclass")[0][0]
  }

  /// - Parameter keys: a query that gives those that are not looked at.
  private func differences(from table: String, except keys: String = "SELECT 0") async throws -> [String] {
    try await ground.server.lines(
      """
      SELECT 'lost', k.id FROM (TABLE public.kept_rows EXCEPT ALL TABLE \(table)) k
      WHERE k.collector_result_id NOT IN (\(keys))
      UNION ALL
      SELECT 'more', m.id FROM (TABLE \(table) EXCEPT ALL TABLE public.kept_rows) m
      WHERE m.collector_result_id NOT IN (\(keys))
      """)
  }

  /// Three results of which only the new tables hear.
  private func score() async throws {
    let pool = ground.pool()
    defer { pool.close() }
    let brand = UUIDValue(WideData.brand(1))!
    try await ground.server.run(
      """
      INSERT INTO collector_results (brand_id, customer_id, query_id, collector_type, topic, raw_answer)
      SELECT b.id, b.id, b.id, 'chat1', 'topic', 'Acme is good. Globex is bad.'
      FROM brands b, generate_series(1, 3) WHERE b.id = '\(WideData.brand(1))'
      """)
    let scorer = Scorer(lexicon: try Lexicon(words: "good\t1.9\nbad\t-2.5", emoji: ""))
    let report = try await ScoreNow(scorer: scorer, migration: Ground.migration, database: pool).run(
      brand: brand, customer: brand, limit: 10_000)
    #expect(report.processed >= 3 && report.oldRowsWritten == 0, "\(name)")
  }
}
