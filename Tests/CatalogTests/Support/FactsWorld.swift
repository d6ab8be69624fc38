import Rollout
import SQL

extension Stage {
  /// The facts as plain SELECTs give them now, as a world: what dashboard and visibility must tell of, by
  /// whatever way the rows came in.
  func factsWorld(of world: World) async throws -> World {
    let rows = try await pool.query(
      Statement(
        """
        SELECT f.id, f.brand_id, f.customer_id, f.query_id, f.collector_type, f.topic,
          (extract(epoch FROM f.processed_at) * 1000000)::bigint, m.has_brand_presence, m.visibility_index,
          m.share_of_answers, s.sentiment_label, s.sentiment_score
        FROM metric_facts f
        LEFT JOIN brand_metrics m ON m.metric_fact_id = f.id
        LEFT JOIN brand_sentiment s ON s.metric_fact_id = f.id
        """))
    let brands = try await pool.query(Statement("SELECT id FROM brands"))
    let ids = Set((0..<brands.count).compactMap { brands.string(row: $0, column: 0) })
    var facts = World(seed: world.seed, customers: world.customers, brands: world.brands, queries: world.queries)
    facts.brands = world.brands.filter { ids.contains($0.id) }
    facts.results = (0..<rows.count).map { row in
      func text(_ column: Int) -> String { rows.string(row: row, column: column) ?? "" }
      return World.Result(
        id: rows.integer(row: row, column: 0)!, brand: text(1), customer: text(2), query: text(3), collector: text(4),
        topic: rows.string(row: row, column: 5), processedAt: rows.integer(row: row, column: 6)!,
        isPresent: rows.boolean(row: row, column: 7),
        metrics: World.Metrics(
          visibility: rows.string(row: row, column: 8).flatMap { Exact($0) },
          share: rows.string(row: row, column: 9).flatMap { Exact($0) }, label: rows.string(row: row, column: 10),
          score: rows.string(row: row, column: 11).flatMap { Exact($0) }))
    }
    return facts
  }

  /// - Returns: the first answer of the new schema that is not what the facts say; nil if all is right.
  func staleAnswer(_ world: World, ranges: [(Int, Int)] = Self.ranges) async throws -> String? {
    let facts = try await factsWorld(of: world)
    let oracle = Oracle(world: facts)
    for brand in facts.brands {
      for (start, end) in ranges {
        for path in ["/dashboard", "/visibility"] {
          let inquiry = Inquiry(
            path, brand: brand.id, from: start, to: end, argument: path == "/visibility" ? "week" : nil)
          let (actual, expected) = (try await body(inquiry, from: .new), oracle.body(inquiry))
          if Array(actual.utf8) != Array(expected.utf8) { return "\(inquiry.label)\n  \(actual)\n  \(expected)" }
        }
      }
    }
    return nil
  }

  static let ranges = [
    (SampleWorld.firstDay - 400, SampleWorld.firstDay + 600), (SampleWorld.firstDay + 20, SampleWorld.firstDay + 42),
    (SampleWorld.firstDay + 41, SampleWorld.firstDay + 41),
  ]
}
