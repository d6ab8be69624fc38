/// How wide rows become star rows: section 3 of the database contract, in plain Swift.
struct MappingModel {
  var customers: Set<String>
  var queries: Set<String>
  var results: Set<Int>
  /// Names in `brand_competitors` of each brand that exists.
  var competitors: [String: Set<Text>]
  /// Rows that the database did not take.
  var refused: Set<Int> = []

  struct Outcome {
    /// One line for each star row.
    var star: [String] = []
    /// The reasons that apply to each row that is skipped; the report may give any of them.
    var skipped: [Int: Set<String>] = [:]
    /// Competitor rows that are copied although their day, collector or brand is not that of their brand row.
    var astray: Set<Int> = []
    /// The rows that are copied.
    var copied: Set<Int> = []
  }

  func map(_ rows: [WideRow]) -> Outcome {
    var outcome = Outcome()
    for group in Dictionary(grouping: rows, by: \.result).values {
      let brandRow = latest(group.filter { $0.competitor == nil }, &outcome)
      let isMapped = brandRow.map { faults(of: $0).isEmpty } ?? false
      if let brandRow {
        if isMapped {
          outcome.star += Self.lines(ofBrand: brandRow)
          outcome.copied.insert(brandRow.id)
        } else {
          outcome.skipped[brandRow.id] = faults(of: brandRow)
        }
      }
      for (name, rows) in Dictionary(grouping: group.filter { $0.competitor != nil }, by: { Text($0.competitor!) }) {
        guard let row = latest(rows, &outcome) else { continue }
        var reasons = faults(of: row)
        if competitors[(brandRow ?? row).brand]?.contains(name) != true { reasons.insert("unknown_competitor") }
        if !isMapped { reasons.insert("no_brand_row") }
        guard reasons.isEmpty, let brandRow else {
          outcome.skipped[row.id] = reasons
          continue
        }
        outcome.star += Self.lines(ofCompetitor: row)
        outcome.copied.insert(row.id)
        if Self.cell(row) != Self.cell(brandRow) { outcome.astray.insert(row.id) }
      }
    }
    return outcome
  }

  /// The one that counts; the others are noted.
  private func latest(_ rows: [WideRow], _ outcome: inout Outcome) -> WideRow? {
    let sorted = rows.sorted { ($0.processedAt, $0.id) > ($1.processedAt, $1.id) }
    for row in sorted.dropFirst() { outcome.skipped[row.id] = ["older_duplicate"] }
    return sorted.first
  }

  private func faults(of row: WideRow) -> Set<String> {
    var faults: Set<String> = []
    if competitors[row.brand] == nil || !customers.contains(row.customer) || !queries.contains(row.query)
      || !results.contains(row.result)
    {
      faults.insert("orphan")
    }
    for value in [row.visibility, row.share, row.score] {
      guard let value else { continue }
      guard let number = Exact(value), abs(number.hundredths) < 100_000 else {
        faults.insert("overflow")
        continue
      }
    }
    if let label = row.label, !["POSITIVE", "NEGATIVE", "NEUTRAL"].contains(label) { faults.insert("bad_label") }
    if refused.contains(row.id) { faults.insert("refused") }
    return faults
  }

  private static func cell(_ row: WideRow) -> [String] {
    [row.brand, row.collector, Calendar.text(day: Calendar.day(ofMicroseconds: row.processedAt))]
  }

  // MARK: Lines, in the same form as `starLines` reads them

  private static func lines(ofBrand row: WideRow) -> [String] {
    var lines = [
      line([
        "fact", String(row.result), row.brand, row.customer, row.query, row.collector, row.topic,
        Calendar.text(microseconds: row.processedAt), Calendar.text(microseconds: row.createdAt), row.metadata,
      ]),
      line(
        ["brand", String(row.result)] + numbers(row)
          + [row.isPresent == true ? "true" : "false", row.firstPosition.map(String.init), String(row.words ?? 0)]),
    ]
    if let sentiment = sentiment(row) { lines.append(line(["brand mood", String(row.result)] + sentiment)) }
    return lines
  }

  private static func lines(ofCompetitor row: WideRow) -> [String] {
    let key = [String(row.result), row.competitor]
    var lines = [
      line(
        ["competitor"] + key + numbers(row)
          + [row.mentions ?? 0 > 0 ? "true" : "false", row.positions?.first.map(String.init)])
    ]
    if let sentiment = sentiment(row) { lines.append(line(["competitor mood"] + key + sentiment)) }
    return lines
  }

  private static func numbers(_ row: WideRow) -> [String?] {
    let mentions = String(row.mentions ?? 0)
    let positions = "{\((row.positions ?? []).map(String.init).joined(separator: ","))}"
    return [rounded(row.visibility), rounded(row.share), positions, mentions, mentions]
  }

  private static func sentiment(_ row: WideRow) -> [String?]? {
    guard row.label != nil || row.score != nil else { return nil }
    return [row.label, rounded(row.score), sentences(row.positive), sentences(row.negative)]
  }

  private static func sentences(_ json: String?) -> String { json == nil || json == "null" ? "[]" : json! }

  private static func rounded(_ value: String?) -> String? {
    value.flatMap { Exact($0) }.map { Exact($0.hundredths, scale: 2).text }
  }

  private static func line(_ cells: [String?]) -> String { cells.map { $0 ?? "NULL" }.joined(separator: "|") }

  /// Reads every star row as a line.
  static let starLines = """
    SELECT 'fact|' || concat_ws('|', f.collector_result_id, f.brand_id, f.customer_id, f.query_id, f.collector_type,
      coalesce(f.topic, 'NULL'), to_char(f.processed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
      to_char(f.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), coalesce(f.metadata::text, 'NULL'))
    FROM metric_facts f
    UNION ALL SELECT 'brand|' || concat_ws('|', f.collector_result_id, coalesce(m.visibility_index::text, 'NULL'),
      coalesce(m.share_of_answers::text, 'NULL'), m.brand_positions, m.total_brand_mentions, m.product_mentions,
      m.has_brand_presence::text, coalesce(m.brand_first_position::text, 'NULL'), m.total_word_count)
    FROM brand_metrics m JOIN metric_facts f ON f.id = m.metric_fact_id
    UNION ALL SELECT 'brand mood|' || concat_ws('|', f.collector_result_id, coalesce(s.sentiment_label, 'NULL'),
      coalesce(s.sentiment_score::text, 'NULL'), s.positive_sentences, s.negative_sentences)
    FROM brand_sentiment s JOIN metric_facts f ON f.id = s.metric_fact_id
    UNION ALL SELECT 'competitor|' || concat_ws('|', f.collector_result_id, c.competitor_name,
      coalesce(m.visibility_index::text, 'NULL'), coalesce(m.share_of_answers::text, 'NULL'), m.competitor_positions,
      m.competitor_mentions, m.product_mentions, m.has_presence::text, coalesce(m.first_position::text, 'NULL'))
    FROM competitor_metrics m JOIN metric_facts f ON f.id = m.metric_fact_id
      JOIN brand_competitors c ON c.id = m.competitor_id AND c.brand_id = f.brand_id
    UNION ALL SELECT 'competitor mood|' || concat_ws('|', f.collector_result_id, c.competitor_name,
      coalesce(s.sentiment_label, 'NULL'), coalesce(s.sentiment_score::text, 'NULL'), s.positive_sentences,
      s.negative_sentences)
    FROM competitor_sentiment s JOIN metric_facts f ON f.id = s.metric_fact_id
      JOIN brand_competitors c ON c.id = s.competitor_id AND c.brand_id = f.brand_id
    """
}
