import Cutover
import EventLoop
import Migration
import Postgres
import SQL
import ScoreNow
import TestSupport
import Testing

@Suite struct ViewRefreshTests {
  @Test("due before the first refresh and after each change, and not else")
  func due() async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop)
      defer { stage.close() }
      #expect(try await stage.refresh.isDue())
      try await stage.refresh.run()
      #expect(try await stage.refresh.isDue() == false)
      try await stage.addMentions(of: 1, count: 1)
      #expect(try await stage.refresh.isDue() == false, "nothing is in the new tables yet")
      try await stage.score(1)
      #expect(try await stage.refresh.isDue())
      try await stage.refresh.run()
      #expect(try await stage.refresh.isDue() == false)
      #expect(try await stage.value("SELECT sum(total_responses) FROM mv_brand_daily_metrics") == "1")
    }
  }

  @Test("a refresh does not wait for an open writer, and what he commits later is in every answer")
  func openWriter() async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop)
      defer { stage.close() }
      try await stage.addMentions(of: 1, count: 4)
      try await stage.score(1, limit: 3)
      let writer = try await stage.hold(
        "UPDATE brand_metrics SET visibility_index = 99.99",
        "UPDATE extracted_positions SET visibility_index = 99.99 WHERE competitor_name IS NULL", on: loop)
      try await stage.refresh.run()
      #expect(try await stage.unequalServices(of: 1) == [])
      try await writer.commit()
      #expect(try await stage.refresh.isDue(), "the refresh has not seen the writer")
      #expect(try await stage.unequalServices(of: 1) == [])
      try await stage.refresh.run()
      #expect(try await stage.refresh.isDue() == false)
      #expect(try await stage.unequalServices(of: 1) == [])
      #expect(try await stage.count("mv_brand_daily_metrics WHERE visibility_sum = 3 * 99.99") == 1)
    }
  }

  @Test("a writer does not wait for a refresh")
  func writesDuringRefresh() async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop)
      defer { stage.close() }
      try await stage.addMentions(of: 1, count: 2)
      try await stage.score(1, limit: 1)
      let refreshing = try await stage.hold(on: loop)
      try await refreshing.run(script: Stage.migration.view!.refresh.text)
      #expect(try await stage.score(1).processed == 1)
      try await refreshing.commit()
      #expect(try await stage.refresh.isDue())
      #expect(try await stage.unequalServices(of: 1) == [])
    }
  }

  @Test("refreshes at once all succeed")
  func atOnceByMany() async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop)
      defer { stage.close() }
      try await stage.addMentions(of: 1, count: 3)
      try await stage.score(1)
      let settings = stage.settings
      _ = try await atOnce(4, on: settings) { stage in
        for _ in 0..<5 { try await stage.refresh.run() }
      }
      #expect(try await stage.refresh.isDue() == false)
      #expect(try await stage.value("SELECT sum(total_responses) FROM mv_brand_daily_metrics") == "3")
      #expect(try await stage.unequalServices(of: 1) == [])
    }
  }
}
