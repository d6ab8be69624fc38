import EventLoop
import Migration
import Postgres
import SQL
import Testing
import TestSupport

@Suite(.serialized) struct ViewDifferencesTests {
  private static let seed: UInt64 = 96

  @Test("a view that is right, or merely not refreshed, gives no difference")
  func acceptsStaleness() async throws {
    var world = SampleWorld.make(seed: Self.seed, resultsPerBrand: 60)
    var generator = SeededGenerator(seed: Self.seed)
    let initial = world
    let change = WorldChange.make(&world, &generator)
    let changed = world
    try await onLoop { loop in
      let stage = try await Stage.open(initial, on: loop)
      defer { stage.close() }
      #expect(try await Self.differences(stage.pool).isEmpty, "never refreshed")
      try await stage.refresh()
      #expect(try await stage.value("SELECT count(*) > 100 FROM mv_brand_daily_metrics") == "t")
      #expect(try await Self.differences(stage.pool).isEmpty, "refreshed")
      try await change.apply(to: stage, changed)
      #expect(try await stage.dirtyCells() > 20)
      #expect(try await Self.differences(stage.pool).isEmpty, "refreshed, then written to")
      try await stage.run("TRUNCATE switchyard.brand_daily_dirty_cells")
      #expect(try await Self.differences(stage.pool).count > 20, "nobody would take these cells from the facts")
    }
  }

  @Test("every wrong number of a clean cell, every missing and every surplus cell is found and located")
  func findsEveryWrongNumber() async throws {
    let world = SampleWorld.make(seed: Self.seed, resultsPerBrand: 90)
    try await onLoop { loop in
      let stage = try await Stage.open(world, on: loop)
      defer { stage.close() }
      try await stage.refresh()
      try await stage.run("UPDATE metric_facts SET topic = 'dirty' WHERE id % 9 = 0")
      #expect(try await stage.dirtyCells() > 20)
      var score: [String: Int] = [:]
      for (kind, view) in Self.wrongViews { score[kind, default: 0] += try await Self.expect(kind, view, on: stage) }
      for (kind, count) in score.sorted(by: { $0.key < $1.key }) { print("view: \(kind): \(count) of \(count)") }
      print("view: \(score.values.reduce(0, +)) in \(score.count) classes")
      #expect(score.values.reduce(0, +) > 1_000)
    }
  }

  // MARK: Helpers

  private static let averages = ["avg_visibility", "avg_share", "avg_sentiment"]
  private static let sums = ["visibility_sum", "share_sum", "sentiment_sum"]
  private static let counts = [
    "presence_count", "total_responses", "positive_count", "negative_count", "neutral_count", "visibility_count",
    "share_count", "sentiment_count",
  ]
  private static let moments = ["first_response", "last_response"]
  private static let key = ["brand_id", "customer_id", "collector_type", "metric_date"]
  private static let columns = key + averages + sums + counts + moments
  private static let some = "(hashtext(collector_type || metric_date || customer_id) % 7 = 0)"

  /// Kinds of wrong views, each a query over the right one, `v`.
  private static let wrongViews: [(String, String)] =
    averages.map { ("average off", select($0, "CASE WHEN \(some) THEN \($0) + 0.000001 ELSE \($0) END")) }
    + averages.map { ("average rounded", select($0, "round(\($0), 2)")) }
    + sums.map { ("sum off", select($0, "CASE WHEN \(some) THEN coalesce(\($0), 0) - 0.01 ELSE \($0) END")) }
    + sums.map { ("sum of none is 0", select($0, "coalesce(\($0), 0)")) }
    + counts.map { ("count off", select($0, "CASE WHEN \(some) THEN \($0) + 1 ELSE \($0) END")) }
    + moments.map { ("moment off", select($0, "\($0) - interval '1 microsecond' * \(some)::integer")) }
    + [
      ("wrong weight", select("visibility_sum", "avg_visibility * total_responses")),
      ("swapped metrics", select("avg_visibility", "avg_share")),
      ("missing cell", select("avg_share", "avg_share") + " WHERE NOT \(some)"),
      ("no cell", select("avg_share", "avg_share") + " WHERE false"),
      ("wrong day", select("metric_date", "metric_date + 1000")),
      ("wrong customer", select("customer_id", "CASE WHEN \(some) THEN brand_id ELSE customer_id END")),
      (
        "surplus cell",
        "\(select("avg_share", "avg_share")) UNION ALL \(select("collector_type", "collector_type || '?'")) WHERE \(some)"
      ),
    ]

  private static func select(_ column: String, _ value: String) -> String {
    "SELECT \(columns.map { $0 == column ? "\(value) AS \(column)" : $0 }.joined(separator: ", ")) FROM right_view"
  }

  private struct RolledBack: Error {}

  private static func expect(_ kind: String, _ view: String, on stage: Stage) async throws -> Int {
    var count = 0
    do {
      try await stage.pool.transaction { session in
        try await session.run(script: "ALTER MATERIALIZED VIEW mv_brand_daily_metrics RENAME TO right_view")
        try await session.run(script: "CREATE MATERIALIZED VIEW public.mv_brand_daily_metrics AS \(view)")
        let expected = lines(try await session.query(Statement(cellDifferences)))
        let found = try await differences(session)
        let missed = Set(expected).subtracting(found)
        let invented = Set(found).subtracting(expected)
        #expect(!expected.isEmpty, "\(kind)")
        #expect(
          missed.isEmpty && invented.isEmpty, "\(kind): missed \(missed.prefix(2)), invented \(invented.prefix(2))")
        #expect(found.count == expected.count, "\(kind)")
        count = expected.count
        throw RolledBack()
      }
    } catch is RolledBack {}
    return count
  }

  /// What differs between the right view's clean cells and the wrong one's.
  private static let cellDifferences = """
    WITH o AS (SELECT brand_id || '/' || customer_id || '/' || collector_type || '/' || metric_date AS cell, to_jsonb(v) AS row FROM right_view v),
      n AS (SELECT brand_id || '/' || customer_id || '/' || collector_type || '/' || metric_date AS cell, to_jsonb(v) AS row FROM mv_brand_daily_metrics v)
    SELECT 'mv_brand_daily_metrics', NULL, substr(coalesce(o.cell, n.cell), 38), c.name, c.old, c.new
    FROM o FULL JOIN n USING (cell)
    CROSS JOIN LATERAL (
      SELECT NULL AS name, o.row::text AS old, n.row::text AS new WHERE o.row IS NULL OR n.row IS NULL
      UNION ALL
      SELECT x.key, x.value::text, y.value::text FROM jsonb_each(o.row) x JOIN jsonb_each(n.row) y USING (key)
      WHERE x.value <> y.value) c
    WHERE cell NOT IN (
      SELECT brand_id || '/' || customer_id || '/' || collector_type || '/' || metric_date
      FROM switchyard.brand_daily_dirty_cells)
    """

  private static func differences(_ session: any Session) async throws -> [[String?]] {
    let subjects = try await session.query(Stage.migration.parity.subjects)
    let ids = (0..<subjects.count).map { subjects.string(row: $0, column: 0)! }
    #expect(ids == ids.sorted() && ids.count == 5)
    return lines(try await session.query(Stage.migration.view!.differences, [.array(ids)]))
  }

  private static func lines(_ rows: Rows) -> [[String?]] {
    (0..<rows.count).map { row in (0..<6).map { rows.string(row: row, column: $0) } }
  }
}
