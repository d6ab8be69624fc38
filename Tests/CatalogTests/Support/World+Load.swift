import Postgres
import SQL
import TestSupport

/// Writes a world into the old tables, and only there: the triggers leave it alone.
extension World {
  func load(into pool: Pool) async throws {
    try await Self.copy("customers (id, name)", customers.map { [$0.id, $0.name] }, into: pool)
    try await Self.copy("brands (id, customer_id, name)", brands.map { [$0.id, $0.customer, $0.name] }, into: pool)
    try await Self.copy(
      "brand_competitors (brand_id, competitor_name)",
      brands.flatMap { brand in brand.competitors.map { [brand.id, $0] } }, into: pool)
    try await Self.copy(
      "generated_queries (id, brand_id, query_text, topic, keywords)",
      queries.map { [$0.id, $0.brand, $0.text, $0.topic, CopyLine.array($0.keywords)] }, into: pool)
    try await load(results, into: pool)
  }

  /// Adds the raw answers and wide rows of `results`.
  func load(_ results: [Result], into pool: Pool) async throws {
    try await Self.copy(
      "collector_results (id, brand_id, customer_id, query_id, collector_type, topic, raw_answer, citations)",
      results.map {
        [String($0.id), $0.brand, $0.customer, $0.query, $0.collector, $0.topic, "answer", $0.citations.text]
      },
      into: pool)
    var generator = SeededGenerator(seed: seed &+ UInt64(results.count))
    try await Self.copy(
      "extracted_positions (\(Self.wideColumns))",
      results.flatMap { result in wideRows(of: result) }.shuffled(using: &generator), into: pool, isFollowed: false)
  }

  /// - Parameter isFollowed: by the triggers.
  static func copy(_ target: String, _ rows: [[String?]], into pool: Pool, isFollowed: Bool = true) async throws {
    let bytes = Array(rows.map(CopyLine.line).joined().utf8)
    let copied = try await pool.withConnection { connection in
      var isSent = false
      if !isFollowed { _ = try await connection.query(Statement("SET switchyard.is_restoring = 'on'")) }
      let copied = try await connection.copy(Statement("COPY \(target) FROM STDIN")) {
        defer { isSent = true }
        return isSent ? nil : bytes
      }
      _ = try await connection.query(Statement("RESET switchyard.is_restoring"))
      return copied
    }
    precondition(copied == rows.count)
  }

  private static let wideColumns = """
    collector_result_id, brand_id, customer_id, query_id, collector_type, topic, processed_at, brand_name, \
    competitor_name, has_brand_presence, visibility_index, share_of_answers_brand, sentiment_label, sentiment_score, \
    competitor_mentions, visibility_index_competitor, share_of_answers_competitor, sentiment_label_competitor, \
    sentiment_score_competitor
    """

  private func wideRows(of result: Result) -> [[String?]] {
    let common: [String?] = [
      String(result.id), result.brand, result.customer, result.query, result.collector, result.topic,
      Calendar.text(microseconds: result.processedAt), brands.first { $0.id == result.brand }?.name ?? "",
    ]
    let brandRow =
      common + [nil, result.isPresent.map { $0 ? "t" : "f" }] + Self.cells(result.metrics) + [nil, nil, nil, nil, nil]
    let competitorRows = result.competitors.map { competitor in
      common + [competitor.name, nil, nil, nil, nil, nil, competitor.mentions.map(String.init)]
        + Self.cells(competitor.metrics)
    }
    return [brandRow] + competitorRows
  }

  private static func cells(_ metrics: Metrics) -> [String?] {
    [metrics.visibility?.text, metrics.share?.text, metrics.label, metrics.score?.text]
  }
}
