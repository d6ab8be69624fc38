import Cutover
import EventLoop
import SQL
import TestSupport
import Testing

@testable import ScoreNow

/// What is written for an answer.
@Suite struct ScoreNowTests {
  /// What the wide rows of an answer must say of one entity. Mentions are where a person finds them.
  struct Entity: Sendable {
    var name: String?
    var positions: [Int] = []
    var sentiment: [String?] = [nil, nil]
    var sentences: [[String]] = [[], []]
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let label: String
    let answer: String
    let words: Int
    let entities: [Entity]

    var testDescription: String { label }
  }

  static let cases = [
    Case(
      label: "one sentence each", answer: "Acme is good. Globex is bad. Nobody knows Initech's.", words: 9,
      entities: [
        Entity(positions: [1], sentiment: ["POSITIVE", "0.44"], sentences: [["Acme is good."], []]),
        Entity(name: "Acme Pro"),
        Entity(name: "Globex", positions: [4], sentiment: ["NEGATIVE", "-0.54"], sentences: [[], ["Globex is bad."]]),
      ]),
    Case(
      label: "the longer name wins", answer: "Acme Pro beats Acme. Acme's good; ACME's bad.\nGLOBEX wins", words: 10,
      entities: [
        // compounds 0 and -0.1531; their mean is -0.07655
        Entity(
          positions: [4, 5, 7], sentiment: ["NEGATIVE", "-0.08"], sentences: [[], ["Acme's good; ACME's bad."]]),
        Entity(name: "Acme Pro", positions: [1], sentiment: ["NEUTRAL", "0.00"]),
        Entity(name: "Globex", positions: [9], sentiment: ["NEUTRAL", "0.00"]),
      ]),
    Case(
      label: "good and bad sentences", answer: "  Acme is good.  Acme is bad!x Acme is bad.\r\nAcme is there",
      words: 13,
      entities: [
        // "Acme is bad!x Acme is bad." is one sentence, since no white space follows its "!". Compounds 0.4404, -0.5848
        // ("bad" once, and one exclamation mark) and 0; their mean is -0.0481: neutral, and then rounded.
        Entity(
          positions: [1, 4, 8, 11], sentiment: ["NEUTRAL", "-0.05"],
          sentences: [["Acme is good."], ["Acme is bad!x Acme is bad."]]),
        Entity(name: "Acme Pro"), Entity(name: "Globex"),
      ]),
    Case(
      label: "nobody", answer: "Nothing to see here.", words: 4,
      entities: [Entity(), Entity(name: "Acme Pro"), Entity(name: "Globex")]),
    Case(
      label: "empty", answer: "", words: 0, entities: [Entity(), Entity(name: "Acme Pro"), Entity(name: "Globex")]),
    Case(
      label: "12,000 tokens",
      answer: ("w" + String(repeating: " Acme", count: 40)) + String(repeating: " w", count: 11_959),
      words: 12_000,
      entities: [
        Entity(positions: Array(2...41), sentiment: ["NEUTRAL", "0.00"]), Entity(name: "Acme Pro"),
        Entity(name: "Globex"),
      ]),
  ]

  @Test("one brand row, and one for every competitor, with the contract's numbers", arguments: cases)
  func writesWideRows(_ answer: Case) async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop)
      defer { stage.close() }
      try await stage.addBrand(1, "Acme", competitors: ["Globex", "Acme Pro"])
      let result = try await stage.addResult(of: 1, answer.answer)
      let report = try await stage.score(1)
      #expect(report == Self.report(processed: 1, rowsEach: 3))
      let rows = try await stage.rows(Self.wideText)
      #expect(rows == Self.expected(answer).map { [String(result)] + $0 })
      #expect(try await stage.violations() == [])
      #expect(try await stage.unequalServices(of: 1) == [])
    }
  }

  @Test("the contract's example: 69.995 is 70.00")
  func example() {
    #expect(ExpectedMetrics.visibility(mentions: 40, first: 2, words: 12_000) == "70.00")
  }

  static func report(processed: Int, rowsEach: Int, remaining: Int = 0) -> ScoreNow.Report {
    var report = ScoreNow.Report()
    report.processed = processed
    report.oldRowsWritten = processed * rowsEach
    report.factsWritten = processed
    report.remaining = remaining
    return report
  }

  private static func expected(_ answer: Case) -> [[String?]] {
    let all = answer.entities.reduce(0) { $0 + $1.positions.count }
    return answer.entities.map { entity in
      let count = entity.positions.count
      let isBrand = entity.name == nil
      let visibility =
        count == 0
        ? "0.00" : ExpectedMetrics.visibility(mentions: count, first: entity.positions[0], words: answer.words)
      let share = count == 0 ? "0.00" : ExpectedMetrics.share(mentions: count, ofAll: all)
      let sentences = entity.sentiment[0] == nil ? [nil, nil] : entity.sentences.map(Self.json)
      return [
        entity.name, isBrand ? (count > 0 ? "t" : "f") : nil, isBrand ? entity.positions.first.map(String.init) : nil,
        "{\(entity.positions.map(String.init).joined(separator: ","))}", String(count), String(answer.words),
        visibility,
        share,
      ] + entity.sentiment + sentences
    }
  }

  private static func json(_ texts: [String]) -> String { "[\(texts.map { "\"\($0)\"" }.joined(separator: ", "))]" }

  /// Columns of the brand's rows and of the competitors', one beside the other.
  private static let wideText = """
    SELECT collector_result_id, competitor_name, has_brand_presence, brand_first_position,
      CASE WHEN competitor_name IS NULL THEN brand_positions ELSE competitor_positions END,
      CASE WHEN competitor_name IS NULL THEN total_brand_mentions ELSE competitor_mentions END,
      total_word_count,
      CASE WHEN competitor_name IS NULL THEN visibility_index ELSE visibility_index_competitor END,
      CASE WHEN competitor_name IS NULL THEN share_of_answers_brand ELSE share_of_answers_competitor END,
      CASE WHEN competitor_name IS NULL THEN sentiment_label ELSE sentiment_label_competitor END,
      CASE WHEN competitor_name IS NULL THEN sentiment_score ELSE sentiment_score_competitor END,
      CASE WHEN competitor_name IS NULL THEN sentiment_positive_sentences
        ELSE sentiment_positive_sentences_competitor END,
      CASE WHEN competitor_name IS NULL THEN sentiment_negative_sentences
        ELSE sentiment_negative_sentences_competitor END
    FROM extracted_positions ORDER BY competitor_name NULLS FIRST
    """

  @Test("a wide row has what its collector result has, and no value of the other kind")
  func copiesTheResult() async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop)
      defer { stage.close() }
      try await stage.addMentions(of: 1, count: 1)
      try await stage.score(1)
      #expect(
        try await stage.count(
          """
          extracted_positions e JOIN collector_results r ON r.id = e.collector_result_id
          WHERE (e.brand_id, e.customer_id, e.query_id, e.collector_type, e.topic, e.raw_answer, e.brand_name)
            = (r.brand_id, r.customer_id, r.query_id, r.collector_type, r.topic, r.raw_answer, 'Acme')
            AND e.processed_at > r.created_at
            AND CASE WHEN e.competitor_name IS NULL
              THEN num_nulls(e.competitor_positions, e.competitor_mentions, e.visibility_index_competitor,
                e.share_of_answers_competitor, e.sentiment_label_competitor, e.sentiment_score_competitor,
                e.sentiment_positive_sentences_competitor, e.sentiment_negative_sentences_competitor) = 8
              ELSE num_nulls(e.brand_positions, e.total_brand_mentions, e.visibility_index, e.share_of_answers_brand,
                e.sentiment_label, e.sentiment_score, e.sentiment_positive_sentences,
                e.sentiment_negative_sentences, e.has_brand_presence, e.brand_first_position) = 10 END
          """) == 3)
    }
  }

  @Test("before create the old rows are written, alone")
  func beforeCreate() async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop, isCreated: false)
      defer { stage.close() }
      try await stage.addMentions(of: 1, count: 3)
      var expected = Self.report(processed: 3, rowsEach: 3)
      expected.factsWritten = 0
      #expect(try await stage.score(1) == expected)
      #expect(try await stage.count("extracted_positions") == 9)
      #expect(try await stage.count("switchyard.repair_queue") == 0)
      try await stage.create()
      try await stage.backfill()
      #expect(try await stage.violations() == [])
      #expect(try await stage.unequalServices(of: 1) == [])
    }
  }

  @Test("a brand that nobody knows, and a customer who does not own it")
  func refuses() async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop)
      defer { stage.close() }
      try await stage.addMentions(of: 1, count: 1)
      try await stage.addBrand(2)
      let scoreNow = try Stage.scoreNow(stage.pool)
      let unknown = await failure { try await scoreNow.run(brand: .sample(3), customer: .sample(1), limit: 1) }
      #expect(unknown as? ScoreNow.Refusal == .unknownBrand)
      let foreign = await failure { try await scoreNow.run(brand: .sample(1), customer: .sample(2), limit: 1) }
      #expect(foreign as? ScoreNow.Refusal == .notTheOwner)
      #expect(try await stage.count("extracted_positions") == 0)
    }
  }
}
