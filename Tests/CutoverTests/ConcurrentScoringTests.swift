import EventLoop
import SQL
import ScoreNow
import TestSupport
import Testing

/// Calls on the same brand at once, all of which have seen the same results pending.
@Suite struct ConcurrentScoringTests {
  @Test("calls at once leave one set of rows, and tell who did what", arguments: [(2, 7), (8, 7), (3, 230)])
  func atOnceOnOneBrand(_ callers: Int, _ results: Int) async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop)
      defer { stage.close() }
      try await stage.addMentions(of: 1, count: results)
      // Holds the first result until every caller has chosen what to score and waits for it.
      let holder = try await stage.hold(
        "SELECT FROM collector_results ORDER BY created_at, id LIMIT 1 FOR UPDATE", on: loop)
      let settings = stage.settings
      async let calls = atOnce(callers, on: settings) { try await $0.score(1) }
      try await eventually("\(callers) callers wait", on: loop) { try await stage.waiterCount() == callers }
      try await holder.commit()
      let reports = try await calls

      #expect(reports.map(\.processed).reduce(0, +) == results)
      #expect(reports.allSatisfy { $0.processed + $0.skipped == results }, "\(reports)")
      #expect(reports.allSatisfy { $0.oldRowsWritten == 3 * $0.processed && $0.factsWritten == $0.processed })
      #expect(reports.allSatisfy { $0.remaining == 0 && $0.newSchemaErrors == 0 })
      #expect(try await stage.count("extracted_positions") == 3 * results)
      #expect(try await stage.count("extracted_positions WHERE competitor_name IS NULL") == results)
      #expect(try await stage.count("metric_facts") == results)
      #expect(try await stage.count("competitor_metrics") == 2 * results)
      #expect(try await stage.violations() == [])
      #expect(try await stage.unequalServices(of: 1) == [])
    }
  }

  @Test("calls on different brands do not wait for each other")
  func differentBrands() async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop)
      defer { stage.close() }
      try await stage.addMentions(of: 1, count: 3)
      try await stage.addMentions(of: 2, count: 3)
      let holder = try await stage.hold(
        "SELECT FROM collector_results WHERE brand_id = '\(UUIDValue.sample(1))' FOR UPDATE", on: loop)
      #expect(try await stage.score(2) == ScoreNowTests.report(processed: 3, rowsEach: 3))
      try await holder.commit()
      #expect(try await stage.score(1) == ScoreNowTests.report(processed: 3, rowsEach: 3))
    }
  }
}
