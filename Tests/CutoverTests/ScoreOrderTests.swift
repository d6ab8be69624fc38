import EventLoop
import SQL
import TestSupport
import Testing

@testable import ScoreNow

/// Which results a call takes.
@Suite struct ScoreOrderTests {
  @Test("oldest first, then by id, up to the limit")
  func order() async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop)
      defer { stage.close() }
      try await stage.addBrand(1)
      var ids: [String: Int] = [:]
      for (name, createdAt) in [
        ("c", "2025-03-02"), ("a", "2025-03-01"), ("d", "2025-03-02"), ("b", "2025-03-01 00:00:00.000001"),
        ("e", "2025-03-02"),
      ] {
        ids[name] = try await stage.addResult(of: 1, name, createdAt: "'\(createdAt)+00'")
      }
      var expected: [Int] = []
      for (names, limit, remaining) in [("a", 1, 4), ("bc", 2, 2), ("de", 3, 0), ("", 3, 0)] {
        let report = try await stage.score(1, limit: limit)
        #expect(report == ScoreNowTests.report(processed: names.count, rowsEach: 1, remaining: remaining))
        expected += names.map { ids[String($0)]! }
        let scored = try await stage.rows("SELECT collector_result_id FROM extracted_positions")
        #expect(Set(scored.map { Int($0[0]!)! }) == Set(expected), "after \(names)")
      }
    }
  }

  @Test("results are the brand's, whoever their customer is; other brands' stay")
  func customers() async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop)
      defer { stage.close() }
      try await stage.addBrand(1)
      try await stage.addBrand(2, "Other")
      try await stage.addResult(of: 1, "Acme")
      try await stage.addResult(of: 1, "Acme", customer: 2)
      try await stage.addResult(of: 2, "Acme")
      #expect(try await stage.score(1) == ScoreNowTests.report(processed: 2, rowsEach: 1))
      let customers = try await stage.rows("SELECT customer_id FROM metric_facts ORDER BY collector_result_id")
      #expect(customers == [[UUIDValue.sample(1).description], [UUIDValue.sample(2).description]])
      #expect(try await stage.violations() == [])
      #expect(try await stage.unequalServices(of: 1) == [])
    }
  }

  @Test("a result with competitor rows alone has no brand row yet, and is scored")
  func competitorRowsAlone() async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop)
      defer { stage.close() }
      try await stage.addMentions(of: 1, count: 1)
      try await stage.run(
        """
        INSERT INTO extracted_positions (
          collector_result_id, brand_id, customer_id, query_id, collector_type, brand_name, competitor_name, processed_at)
        SELECT id, brand_id, customer_id, query_id, collector_type, 'Acme', 'Globex', now() - interval '1 hour'
        FROM collector_results
        """)
      #expect(try await stage.score(1) == ScoreNowTests.report(processed: 1, rowsEach: 3))
      #expect(try await stage.count("metric_facts") == 1)
      #expect(try await stage.count("competitor_metrics") == 2)
    }
  }

  @Test("scoring again changes nothing")
  func again() async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop)
      defer { stage.close() }
      try await stage.addMentions(of: 1, count: 5)
      #expect(try await stage.score(1) == ScoreNowTests.report(processed: 5, rowsEach: 3))
      let before = try await stage.rows("SELECT xmin, id FROM extracted_positions ORDER BY id")
      let facts = try await stage.rows("SELECT xmin, id FROM metric_facts ORDER BY id")
      #expect(try await stage.score(1) == ScoreNow.Report())
      #expect(try await stage.rows("SELECT xmin, id FROM extracted_positions ORDER BY id") == before)
      #expect(try await stage.rows("SELECT xmin, id FROM metric_facts ORDER BY id") == facts)
    }
  }
}
