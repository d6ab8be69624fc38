import SQL

extension Stage {
  /// A row of the wide table, as somebody else writes it.
  /// - Parameters:
  ///   - competitor: nil: the brand's row.
  ///   - values: SQL expressions of columns that are not as usual.
  /// - Returns: its id.
  @discardableResult
  func addWide(
    _ result: Int, of brand: Int = 1, competitor: String? = nil, _ values: [String: String] = [:]
  ) async throws -> Int {
    let id = "'\(UUIDValue.sample(brand))'"
    var columns = [
      "collector_result_id": "\(result)", "brand_id": id, "customer_id": id, "query_id": id,
      "collector_type": "'chat'", "topic": "'topic'", "brand_name": "'Acme'", "total_word_count": "100",
      "processed_at": "now() - interval '1 hour'",
    ]
    if let competitor {
      columns["competitor_name"] = "'\(competitor)'"
      columns["competitor_mentions"] = "1"
      columns["competitor_positions"] = "'{7}'"
      columns["visibility_index_competitor"] = "20.5"
      columns["sentiment_label_competitor"] = "'NEUTRAL'"
    } else {
      columns["has_brand_presence"] = "true"
      columns["total_brand_mentions"] = "2"
      columns["brand_positions"] = "'{3,9}'"
      columns["visibility_index"] = "40.25"
      columns["sentiment_score"] = "0.5"
    }
    columns.merge(values) { $1 }
    let names = columns.keys.sorted()
    let rows = try await rows(
      """
      INSERT INTO extracted_positions (\(names.joined(separator: ", ")))
      VALUES (\(names.map { columns[$0]! }.joined(separator: ", "))) RETURNING id
      """)
    return Int(rows[0][0]!)!
  }

  /// A result that was scored long ago: a brand row and one for each competitor.
  @discardableResult
  func addScored(of brand: Int = 1, competitors: [String] = ["Globex", "Initech"]) async throws -> Int {
    let result = try await addResult(of: brand, "an answer")
    try await addWide(result, of: brand)
    for name in competitors { try await addWide(result, of: brand, competitor: name) }
    return result
  }

  /// One result for each reason why a wide row is not copied or answered differently; brand 1 must be there. A result
  /// that PostgreSQL refuses is not among them.
  /// - Returns: the reason of each such row, by its id.
  func addTraps() async throws -> [Int: String] {
    var reasons: [Int: String] = [:]
    func note(_ reason: String, _ id: Int) { reasons[id] = reason }
    let nobody = "'ffffffff-ffff-4fff-8fff-ffffffffffff'"
    let scored = try await addScored(competitors: ["Globex"])
    note("unknown_competitor", try await addWide(scored, competitor: "Nobody"))
    note("no_brand_row", try await addWide(try await addResult(of: 1, "x"), competitor: "Globex"))
    note("orphan", try await addWide(try await addResult(of: 1, "x"), ["query_id": nobody]))
    note("orphan", try await addWide(1_000_000))
    let late = try await addResult(of: 1, "x")
    note("orphan", try await addWide(late, ["customer_id": nobody]))
    note("no_brand_row", try await addWide(late, competitor: "Globex"))
    for value in ["999.995", "-1000", "'NaN'", "'Infinity'"] {
      note("overflow", try await addWide(try await addResult(of: 1, "x"), ["visibility_index": value]))
    }
    note(
      "overflow",
      try await addWide(
        try await addScored(competitors: []), competitor: "Initech", ["sentiment_score_competitor": "1e4"]))
    note("bad_label", try await addWide(try await addResult(of: 1, "x"), ["sentiment_label": "'positive'"]))
    let twice = try await addScored(competitors: [])
    note("older_duplicate", try await addWide(twice, ["processed_at": "now() - interval '2 hours'"]))
    try await addWide(twice, competitor: "Globex")
    note(
      "older_duplicate", try await addWide(twice, competitor: "Globex", ["processed_at": "now() - interval '3 hours'"]))
    note(
      "differs_from_brand_row",
      try await addWide(
        try await addScored(competitors: []), competitor: "Globex", ["processed_at": "now() - interval '9 days'"]))
    return reasons
  }

  /// A topic that no index takes.
  static let longTopic = "(SELECT string_agg(md5(n::text), '') FROM generate_series(1, 500) n)"
}
