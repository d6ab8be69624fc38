import Testing
import TestSupport

/// New tables that something has spoilt, and a verification that mends them and is killed at random meanwhile.
struct VerifyRun {
  /// A verification compares 2,000 results at a time, and copies 500 again.
  static let results = 2_600
  /// Longer than it takes.
  private static let millisecondsMax = 1_500

  let ground: Ground
  private let kills: [Kill]
  private let defects: [String]
  private let name: String

  /// Once for each server: every run leaves both schemas equal.
  static func prepare(_ ground: Ground) async throws {
    try await ground.reset(WideData(seed: 7, results: results, longTopics: [17], unlucky: [2_100]))
    let end = try await ground.run("backfill")
    try #require(end.isDone, "\(end.printed)")
    try await ground.server.run("VACUUM ANALYZE")
  }

  init(_ ground: Ground, seed: UInt64) {
    self.ground = ground
    name = "\(Seeds.variable)=\(seed)"
    var dice = SeededGenerator(seed: seed)
    kills = Kill.some(dice.within(1...3), within: Self.millisecondsMax, &dice)
    defects = (0..<dice.within(3...8)).map { _ in
      let first = dice.within(1...Self.results)
      let facts =
        "SELECT id FROM metric_facts WHERE collector_result_id BETWEEN \(first) AND \(first + dice.within(0...900))"
      return dice.pick([
        "DELETE FROM metric_facts WHERE id IN (\(facts))",
        "UPDATE metric_facts SET topic = 'spoilt', processed_at = processed_at - interval '1 day' WHERE id IN (\(facts))",
        "UPDATE brand_metrics SET visibility_index = 1.5 WHERE metric_fact_id IN (\(facts))",
        "DELETE FROM competitor_metrics WHERE metric_fact_id IN (\(facts))",
        "DELETE FROM brand_sentiment WHERE metric_fact_id IN (\(facts))",
        """
        INSERT INTO competitor_metrics (metric_fact_id, competitor_id, competitor_mentions)
        SELECT f.id, c.id, 1 FROM metric_facts f JOIN brand_competitors c ON c.brand_id = f.brand_id
        WHERE f.id IN (\(facts)) ON CONFLICT DO NOTHING
        """,
        // The view does not follow, and does not know it.
        "UPDATE brand_metrics SET share_of_answers = 2.5 WHERE metric_fact_id IN (\(facts)); DELETE FROM switchyard.brand_daily_dirty_cells",
      ])
    }
  }

  func callAsFunction(_ tally: Tally) async throws {
    let server = ground.server
    try await server.run("BEGIN; \(defects.joined(separator: ";\n")); COMMIT")
    let crashTest = CrashTest(
      name: name, arguments: ["verify", "--repair"], ground: ground, kills: kills,
      share: { try await Self.share(server) })
    _ = try await crashTest(tally)
    #expect(try await ground.mistakes() == [], "\(name)")
    let again = try await ground.run("verify")
    #expect(again.isDone && again.printed.contains(": equal"), "\(name): \(again.printed)")
    let doubled = try await server.lines(
      """
      SELECT d.verification, d.table_name, d.key, d.member, d.column_name, count(*) FROM switchyard.differences d
      GROUP BY 1, 2, 3, 4, 5 HAVING count(*) > 1
      """)
    #expect(doubled == [], "\(name): differences listed twice")
    #expect(try await server.lines("SELECT kind FROM switchyard.jobs WHERE state <> 'done'") == [], "\(name)")
  }

  /// How much of the newest verification has taken effect; nil: none has begun.
  static func share(_ server: OwnServer) async throws -> Double? {
    let rows = try await server.rows(
      """
      SELECT CASE WHEN j.state = 'running' THEN j.checkpoint ->> 'done' END, j.checkpoint ->> 'total'
      FROM switchyard.jobs j WHERE j.kind = 'verify' ORDER BY j.id DESC LIMIT 1
      """)
    guard let row = rows.first, let done = row[0].flatMap({ Double($0) }), let total = row[1].flatMap({ Double($0) })
    else { return nil }
    return done / total
  }
}
