import EventLoop
import Migration
import Postgres
import QueryAdapter
import Rollout
import SQL
import Testing
import TestSupport

@Suite(.serialized) struct FreshnessTests {
  @Test("what plain SQL wrote is in the next answer, refreshed or not", arguments: [41, 42, 43] as [UInt64])
  func plainWritesAreSeen(seed: UInt64) async throws {
    let world = SampleWorld.make(seed: seed, resultsPerBrand: 40)
    try await onLoop { loop in
      var generator = SeededGenerator(seed: seed)
      let stage = try await Stage.open(world, on: loop)
      defer { stage.close() }
      var names: Set<String> = []
      for step in 0..<130 {
        let write = PlainWrite.any(world, results: world.results.map(\.id), &generator)
        let isKept = !generator.chance(6)
        do {
          try await stage.pool.transaction { session in
            for statement in write.statements { _ = try await session.query(Statement(statement)) }
            if !isKept { throw GivenUp() }
          }
          names.insert(write.name)
        } catch is GivenUp {}
        if generator.chance(5) { try await stage.refresh() }
        let stale = try await stage.staleAnswer(world)
        try #require(stale == nil, "seed \(seed), step \(step), \(write.name), kept: \(isKept)")
      }
      #expect(names.count == 23, "every kind of write occurs: \(names.count)")
      try await stage.refresh()
      #expect(try await stage.dirtyCells() == 0)
      #expect(try await stage.staleAnswer(world) == nil)
    }
  }

  private struct GivenUp: Error {}

  /// Each is the last thing that happens to a world, with and without a refresh before and after.
  @Test(
    "what goes in one stroke is gone from the next answer",
    arguments: [
      "TRUNCATE brand_sentiment", "TRUNCATE brand_metrics", "TRUNCATE metric_facts CASCADE",
      "TRUNCATE brand_metrics, brand_sentiment RESTART IDENTITY", "TRUNCATE collector_results CASCADE",
      "DELETE FROM collector_results WHERE id % 2 = 0", "DELETE FROM metric_facts",
      "DELETE FROM brand_competitors", "DELETE FROM extracted_positions",
      "WITH r AS (DELETE FROM collector_results WHERE id % 3 = 0) DELETE FROM brand_metrics WHERE id % 2 = 0",
    ], [false, true])
  func strokesAreSeen(stroke: String, isRefreshed: Bool) async throws {
    let world = SampleWorld.make(seed: 44, resultsPerBrand: 30)
    try await onLoop { loop in
      let stage = try await Stage.open(world, on: loop)
      defer { stage.close() }
      if isRefreshed { try await stage.refresh() }
      try await stage.run(stroke)
      #expect(try await stage.staleAnswer(world) == nil)
      try await stage.refresh()
      #expect(try await stage.staleAnswer(world) == nil)
      #expect(try await stage.dirtyCells() == 0)
    }
  }

  @Test("a deleted brand takes its facts along, and the others' answers stay right")
  func deletedBrandIsGone() async throws {
    let world = SampleWorld.make(seed: 45, resultsPerBrand: 30)
    try await onLoop { loop in
      let stage = try await Stage.open(world, on: loop)
      defer { stage.close() }
      try await stage.refresh()
      let brand = world.brands[1].id
      try await stage.pool.transaction { session in
        // generated_queries is referenced without a cascade: the facts must go first, by whichever cascade.
        _ = try await session.query(Statement("DELETE FROM collector_results WHERE brand_id = '\(brand)'"))
        _ = try await session.query(Statement("DELETE FROM brands WHERE id = '\(brand)'"))
      }
      #expect(try await stage.staleAnswer(world) == nil)
      let inquiry = Inquiry("/dashboard", brand: brand, from: 0, to: 20_000)
      #expect(await stage.adapter.answer(inquiry.question, override: .new) == .unknownSubject)
      #expect(await stage.adapter.answer(inquiry.question, override: .old) == .unknownSubject)
      try await stage.refresh()
      #expect(try await stage.value("SELECT count(*) FROM mv_brand_daily_metrics WHERE brand_id = '\(brand)'") == "0")
    }
  }

  @Test("a refresh with nothing changed leaves no dirty cells, and the view holds what the facts say")
  func refreshOfNothing() async throws {
    let world = SampleWorld.make(seed: 46, resultsPerBrand: 30)
    try await onLoop { loop in
      let stage = try await Stage.open(world, on: loop)
      defer { stage.close() }
      for _ in 0..<3 {
        try await stage.refresh()
        #expect(try await stage.dirtyCells() == 0)
      }
      let before = try await stage.value("SELECT string_agg(xmin::text || ctid::text, ',') FROM mv_brand_daily_metrics")
      try await stage.refresh()
      #expect(
        try await stage.value("SELECT string_agg(xmin::text || ctid::text, ',') FROM mv_brand_daily_metrics") == before)
      let responses = try await stage.value("SELECT sum(total_responses) FROM mv_brand_daily_metrics")
      #expect(responses == String(world.results.count))
    }
  }

  @Test("copying unchanged rows again stamps nothing")
  func unchangedCopyStampsNothing() async throws {
    let world = SampleWorld.make(seed: 47, resultsPerBrand: 30)
    try await onLoop { loop in
      let stage = try await Stage.open(world, on: loop)
      defer { stage.close() }
      try await stage.refresh()
      let keys = world.results.map(\.id)
      _ = try await stage.pool.query(Stage.migration.copy.copy, [.array(keys)] + refusing())
      #expect(try await stage.dirtyCells() == 0)
    }
  }
}
