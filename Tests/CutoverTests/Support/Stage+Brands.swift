import SQL

extension Stage {
  /// A brand, its customer and its one query, all of the same number.
  func addBrand(_ number: Int, _ name: String = "Acme", competitors: [String] = []) async throws {
    let id = UUIDValue.sample(number)
    try await run(
      """
      INSERT INTO customers (id, name) VALUES ('\(id)', 'customer');
      INSERT INTO brands (id, customer_id, name) VALUES ('\(id)', '\(id)', '\(name)');
      INSERT INTO generated_queries (id, brand_id, query_text, keywords) VALUES ('\(id)', '\(id)', 'query', '{k}');
      """)
    for competitor in competitors {
      try await run("INSERT INTO brand_competitors (brand_id, competitor_name) VALUES ('\(id)', '\(competitor)')")
    }
  }

  /// - Parameters:
  ///   - customer: other than the brand's own.
  ///   - sentiment: JSON.
  ///   - createdAt: a timestamp in SQL.
  /// - Returns: the result's id.
  @discardableResult
  func addResult(
    of brand: Int, _ answer: String, customer: Int? = nil, sentiment: String? = nil, topic: String = "topic",
    createdAt: String = "now()"
  ) async throws -> Int {
    let rows = try await rows(
      """
      INSERT INTO collector_results (
        brand_id, customer_id, query_id, collector_type, topic, raw_answer, citations, sentiment, created_at)
      VALUES ($1, $2, $1, 'chat', $3, $4, '["https://example.org/x"]', $5, \(createdAt)) RETURNING id
      """,
      [.uuid(.sample(brand)), .uuid(.sample(customer ?? brand)), .text(topic), .text(answer), .text(sentiment)])
    return Int(rows[0][0]!)!
  }

  /// Results of a brand with two competitors, of which one is mentioned.
  func addMentions(of brand: Int, count: Int) async throws {
    try await addBrand(brand, "Acme", competitors: ["Globex", "Initech"])
    for number in 0..<count {
      try await addResult(of: brand, "Text \(number): Acme is good. Globex is bad.")
    }
  }
}
