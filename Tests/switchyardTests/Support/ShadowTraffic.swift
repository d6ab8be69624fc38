import CivilTime
import TestSupport

/// Requests of every service, and what other programs write to the old tables meanwhile, drawn from a seed.
struct ShadowTraffic {
  private static let brandCount = 16
  private static let resultsPerBrand = 30
  private static let days = 20

  /// The old tables' rows: each brand with two competitors, three queries and results that were scored.
  static let data = """
    INSERT INTO customers (id, name)
    SELECT ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'c' FROM generate_series(1, \(brandCount)) n;
    INSERT INTO brands (id, customer_id, name) SELECT id, id, 'Acme' FROM customers;
    INSERT INTO brand_competitors (brand_id, competitor_name)
    SELECT b.id, c.name FROM brands b, (VALUES ('Rival'), ('Other')) c (name);
    INSERT INTO generated_queries (id, brand_id, query_text, topic, keywords)
    SELECT md5(b.id::text || n)::uuid, b.id, 'q' || n, 'topic ' || n, ARRAY['k' || n, 'k']
    FROM brands b, generate_series(0, 2) n;
    INSERT INTO collector_results (
      brand_id, customer_id, query_id, collector_type, topic, raw_answer, citations, created_at)
    SELECT b.id, b.id, md5(b.id::text || n % 3)::uuid, (ARRAY['chatgpt', 'claude', 'gemini'])[1 + n % 3],
      'topic ' || n % 4, 'Acme is good. Rival is bad. Other, too.',
      '["https://a.example/x", {"url": "https://b.example"}]', now() - n % \(days) * interval '1 day'
    FROM brands b, generate_series(1, \(resultsPerBrand)) n;
    INSERT INTO extracted_positions (
      collector_result_id, brand_id, customer_id, query_id, collector_type, topic, brand_name, competitor_name,
      has_brand_presence, competitor_mentions, visibility_index, visibility_index_competitor, share_of_answers_brand,
      sentiment_label, sentiment_score, processed_at)
    SELECT r.id, r.brand_id, r.customer_id, r.query_id, r.collector_type, r.topic, 'Acme', c.name, c.name IS NULL, 1,
      r.id % 97 + 0.125, r.id % 89 + 0.375, r.id % 83, 'POSITIVE', 0.5, r.created_at
    FROM collector_results r, (VALUES (NULL), ('Rival'), ('Other')) c (name)
    """

  private var random: SeededGenerator

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  mutating func brand() -> String {
    let number = String(random.within(1...Self.brandCount))
    return "00000000-0000-4000-8000-" + String(repeating: "0", count: 12 - number.count) + number
  }

  /// A request, with a range of days that reaches into the data.
  mutating func path() -> String {
    let service = random.pick([
      "dashboard", "visibility", "topics", "competitors", "competitors/Rival/trend", "prompts", "keywords", "citations",
    ])
    let interval = service == "visibility" ? random.pick(["", "&interval=week", "&interval=month"]) : ""
    let collectors = random.pick(["", "&collectors=chatgpt", "&collectors=claude,gemini"])
    let end = Moment.now.day - random.below(Self.days)
    return "/api/brands/\(brand())/\(service)?start=\(end - random.below(Self.days))&end=\(end)\(interval)\(collectors)"
  }

  /// One transaction of another program.
  mutating func script() -> String {
    let result = random.within(1...Self.brandCount * Self.resultsPerBrand)
    let value = random.pick(["NULL", "\(random.below(100)).\(random.within(100...999))"])
    let label = random.pick(["NULL", "'POSITIVE'", "'NEGATIVE'", "'NEUTRAL'"])
    let isOfResult = "WHERE collector_result_id = \(result)"
    switch random.below(6) {
    case 0:
      return """
        UPDATE extracted_positions SET visibility_index = \(value), sentiment_label = \(label), sentiment_score = \(value)
        \(isOfResult) AND competitor_name IS NULL
        """
    case 1:
      return """
        UPDATE extracted_positions SET visibility_index_competitor = \(value), sentiment_label_competitor = \(label)
        \(isOfResult) AND competitor_name = 'Rival'
        """
    case 2:
      // To another cell of the daily view.
      return """
        UPDATE extracted_positions SET processed_at = now() - interval '\(random.below(Self.days)) days', topic = \(label),
          collector_type = '\(random.pick(["chatgpt", "claude"]))'
        \(isOfResult)
        """
    case 3: return "DELETE FROM extracted_positions \(isOfResult) AND competitor_name = 'Other'"
    case 4:
      return """
        INSERT INTO collector_results (brand_id, customer_id, query_id, collector_type, topic, raw_answer, citations)
        SELECT brand_id, customer_id, query_id, collector_type, topic, raw_answer, citations FROM collector_results
        WHERE id = \(result)
        """
    // To be scored again.
    default: return "DELETE FROM extracted_positions \(isOfResult)"
    }
  }
}
