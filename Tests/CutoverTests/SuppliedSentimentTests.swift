import EventLoop
import ScoreNow
import TestSupport
import Testing

/// `collector_results.sentiment` in place of a computed one.
@Suite struct SuppliedSentimentTests {
  static let usable: [(sentiment: String, label: String, score: String)] = [
    (#"{"label":"POSITIVE","score":0.9}"#, "POSITIVE", "0.9"),
    (#"{"label":"NEGATIVE","score":-1,"more":[1]}"#, "NEGATIVE", "-1"),
    (#"{"label":"NEUTRAL","score":0}"#, "NEUTRAL", "0"),
    (#"{"label":"POSITIVE","score":-0.5}"#, "POSITIVE", "-0.5"),
    (#"{"label":"NEUTRAL","score":999.99}"#, "NEUTRAL", "999.99"),
    (#"{"label":"NEUTRAL","score":-999.994}"#, "NEUTRAL", "-999.994"),
    (#"{"label":"NEUTRAL","score":1e2}"#, "NEUTRAL", "100"),
  ]

  @Test("a sentiment that the collector gave is the brand's as it is, mentioned or not", arguments: usable)
  func isTaken(_ sentiment: String, _ label: String, _ score: String) async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop)
      defer { stage.close() }
      try await stage.addBrand(1, "Acme", competitors: ["Globex"])
      try await stage.addResult(of: 1, "Acme is bad. Globex is bad.", sentiment: sentiment)
      try await stage.addResult(of: 1, "Nobody is good.", sentiment: sentiment)
      try await stage.score(1)
      let brand: [String?] = [label, score, "[]", "[]"]
      #expect(try await stage.rows(Self.brandText) == [brand, brand])
      #expect(
        try await stage.rows(Self.competitorText) == [
          ["NEGATIVE", "-0.54", #"["Globex is bad."]"#], [nil, nil, nil],
        ],
        "competitors are computed all the same")
      #expect(
        try await stage.count(
          "brand_sentiment WHERE sentiment_label = '\(label)' AND sentiment_score = round(\(score), 2)") == 2)
      #expect(try await stage.unequalServices(of: 1) == [])
    }
  }

  static let unusable = [
    "null", "[]", "1", #""POSITIVE""#, "{}", #"{"label":"POSITIVE"}"#, #"{"score":0.5}"#,
    #"{"label":"positive","score":0.5}"#, #"{"label":"MIXED","score":0.5}"#, #"{"label":null,"score":0.5}"#,
    #"{"label":["POSITIVE"],"score":0.5}"#, #"{"label":"POSITIVE","score":"0.5"}"#,
    #"{"label":"POSITIVE","score":null}"#, #"{"label":"POSITIVE","score":true}"#,
    #"{"label":"POSITIVE","score":1000}"#, #"{"label":"POSITIVE","score":-999.995}"#,
    #"{"label":"POSITIVE","score":999.995}"#, #"{"label":"POSITIVE","score":1e400}"#,
    #"[{"label":"POSITIVE","score":0.5}]"#,
  ]

  @Test("any other sentiment is computed from the answer, and costs no neighbour")
  func isIgnored() async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop)
      defer { stage.close() }
      try await stage.addBrand(1, "Acme")
      for sentiment in Self.unusable {
        try await stage.addResult(of: 1, "Acme is good.", sentiment: sentiment)
        try await stage.addResult(of: 1, "Nobody is good.", sentiment: sentiment)
      }
      let report = try await stage.score(1)
      #expect(report.newSchemaErrors == 0)
      let computed: [String?] = ["POSITIVE", "0.44", #"["Acme is good."]"#, "[]"]
      let rows = try await stage.rows(Self.brandText)
      #expect(rows.count == 2 * Self.unusable.count)
      for (index, sentiment) in Self.unusable.enumerated() {
        #expect(rows[2 * index] == computed, "\(sentiment)")
        #expect(rows[2 * index + 1] == [nil, nil, nil, nil], "\(sentiment), not mentioned")
      }
      #expect(try await stage.violations() == [])
    }
  }

  private static let brandText = """
    SELECT sentiment_label, sentiment_score, sentiment_positive_sentences, sentiment_negative_sentences
    FROM extracted_positions WHERE competitor_name IS NULL ORDER BY collector_result_id
    """

  private static let competitorText = """
    SELECT sentiment_label_competitor, sentiment_score_competitor, sentiment_negative_sentences_competitor
    FROM extracted_positions WHERE competitor_name IS NOT NULL ORDER BY collector_result_id
    """
}
