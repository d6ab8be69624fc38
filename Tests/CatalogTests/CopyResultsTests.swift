import Cutover
import EventLoop
import Migration
import Postgres
import SQL
import Testing
import TestSupport

@Suite(.serialized) struct CopyResultsTests {
  @Test(
    "the star rows are the mapping of the wide rows, the first time, again, and after changes",
    arguments: [
      81, 82, 83,
    ] as [UInt64])
  func followsTheMapping(seed: UInt64) async throws {
    let world = SampleWorld.make(seed: seed, resultsPerBrand: 250)
    try await onLoop { loop in
      var traps = TrapRows(world, seed: seed)
      try #require(traps.rows.count > 2_500)
      var model = MappingModel(world)
      let stage = try await Stage.traps(world, traps.rows, on: loop)
      defer { stage.close() }

      let counts = try await Self.copyAll(stage)
      try await Self.expect(model.map(traps.rows), on: stage, traps.rows, "seed \(seed), first")
      let rows = try await Self.rowCounts(stage)
      #expect(counts == rows + [0], "each row written once is counted once")

      let places = try await Self.places(stage)
      #expect(try await Self.copyAll(stage) == [0, 0, 0, 0, 0, rows[0]])
      #expect(try await Self.places(stage) == places, "the same again touches no row")

      traps.change()
      try await stage.replaceWideRows(by: traps.rows)
      // A name becomes known, and another is no more.
      let (brand, gone) = (world.brands[1].id, world.brands[1].competitors[0])
      try await stage.run("INSERT INTO brand_competitors (brand_id, competitor_name) VALUES ('\(brand)', 'nobody')")
      _ = try await stage.pool.query(
        Statement("DELETE FROM brand_competitors WHERE brand_id = $1::uuid AND competitor_name = $2"),
        [.text(brand), .text(gone)])
      model.competitors[brand]?.insert(Text("nobody"))
      model.competitors[brand]?.remove(Text(gone))
      try await stage.backfill(113)
      try await Self.expect(model.map(traps.rows), on: stage, traps.rows, "seed \(seed), changed")
      #expect(try await Self.copyAll(stage) == [0, 0, 0, 0, 0, Self.rowCounts(stage)[0]])
    }
  }

  @Test("rows that PostgreSQL refused are skipped, and nothing takes their place", arguments: [86, 87] as [UInt64])
  func leavesOutTheRefused(seed: UInt64) async throws {
    let world = SampleWorld.make(seed: seed, resultsPerBrand: 130)
    try await onLoop { loop in
      let traps = TrapRows(world, seed: seed)
      var model = MappingModel(world)
      let stage = try await Stage.traps(world, traps.rows, on: loop)
      defer { stage.close() }
      _ = try await Self.copyAll(stage)
      try await Self.expect(model.map(traps.rows), on: stage, traps.rows, "seed \(seed), none refused")

      var generator = SeededGenerator(seed: seed)
      model.refused = Set(traps.rows.map(\.id).filter { _ in generator.chance(7) })
      _ = try await Self.copyAll(stage, refused: model.refused)
      let without = model.map(traps.rows)
      try #require(without.skipped.values.filter { $0 == ["refused"] }.count > 30)
      try await Self.expect(without, on: stage, traps.rows, refused: model.refused, "seed \(seed)")

      model.refused = []
      _ = try await Self.copyAll(stage)
      try await Self.expect(model.map(traps.rows), on: stage, traps.rows, "seed \(seed), none refused any more")
    }
  }

  @Test(
    "star rows that somebody spoiled, took away or added by hand are mended",
    arguments: [
      "UPDATE metric_facts SET brand_id = (SELECT min(id::text)::uuid FROM brands), topic = 'x' WHERE id % 3 = 0",
      "UPDATE metric_facts SET processed_at = processed_at + interval '1 microsecond', metadata = '[]'",
      "DELETE FROM metric_facts WHERE id % 2 = 0", "TRUNCATE metric_facts CASCADE", "TRUNCATE brand_metrics",
      "UPDATE brand_metrics SET visibility_index = NULL, brand_positions = '{9}', product_mentions = 99 WHERE id % 3 = 0",
      "UPDATE competitor_metrics SET competitor_mentions = 99, competitor_positions = NULL WHERE id % 3 = 0",
      "UPDATE competitor_metrics SET competitor_id = 1 + competitor_id % 9 WHERE id % 40 = 0 AND NOT EXISTS (SELECT FROM competitor_metrics o WHERE o.metric_fact_id = competitor_metrics.metric_fact_id AND o.competitor_id = 1 + competitor_metrics.competitor_id % 9)",
      "DELETE FROM competitor_sentiment WHERE id % 2 = 0",
      "UPDATE brand_sentiment SET positive_sentences = NULL, sentiment_score = 0.99",
      "INSERT INTO brand_sentiment (metric_fact_id, sentiment_label) SELECT id, 'NEUTRAL' FROM metric_facts ON CONFLICT DO NOTHING",
      "INSERT INTO competitor_metrics (metric_fact_id, competitor_id) SELECT f.id, c.id FROM metric_facts f JOIN brand_competitors c USING (brand_id) ON CONFLICT DO NOTHING",
      "INSERT INTO competitor_sentiment (metric_fact_id, competitor_id, sentiment_score) SELECT f.id, c.id, 0 FROM metric_facts f JOIN brand_competitors c USING (brand_id) ON CONFLICT DO NOTHING",
    ])
  func mendsWhatWasSpoiled(spoil: String) async throws {
    let world = SampleWorld.make(seed: 85, resultsPerBrand: 130)
    try await onLoop { loop in
      let traps = TrapRows(world, seed: 85)
      let expected = MappingModel(world).map(traps.rows)
      let stage = try await Stage.traps(world, traps.rows, on: loop)
      defer { stage.close() }
      _ = try await Self.copyAll(stage)
      let before = try await Self.places(stage)
      try await stage.run(spoil)
      let spoiled = try await Self.places(stage)
      #expect(spoiled != before, "something is spoiled")
      let counts = try await Self.copyAll(stage)
      try await Self.expect(expected, on: stage, traps.rows, spoil)
      let mended = try await Self.places(stage)
      let untouched = spoiled.filter {
        $0.value.contains { $0.hasPrefix("metric_facts ") } && mended[$0.key] == $0.value
      }
      #expect(counts.last == untouched.count, "\(spoil)")
      #expect(try await Self.copyAll(stage) == [0, 0, 0, 0, 0, Self.rowCounts(stage)[0]])
    }
  }

  @Test("a changed wide row changes its star rows and no others")
  func touchesOnlyWhatChanged() async throws {
    let world = SampleWorld.make(seed: 84, resultsPerBrand: 40)
    try await onLoop { loop in
      let stage = try await Stage.open(world, on: loop)
      defer { stage.close() }
      let result = world.results[7].id
      let places = try await Self.places(stage)
      let changes: [(set: String, whose: String, counts: [Int])] = [
        ("topic = 'another'", "IS NULL", [1, 0, 0, 0, 0]), ("visibility_index = 1.005", "IS NULL", [0, 1, 0, 0, 0]),
        ("total_word_count = 17", "IS NULL", [0, 1, 0, 0, 0]),
        ("sentiment_label = NULL, sentiment_score = 0.125", "IS NULL", [0, 0, 0, 1, 0]),
        ("sentiment_positive_sentences = '[\"x\"]'", "IS NULL", [0, 0, 0, 1, 0]),
        ("visibility_index = 1.0051", "IS NULL", [0, 0, 0, 0, 0]),
        ("raw_answer = 'not mapped'", "IS NULL", [0, 0, 0, 0, 0]),
        ("metadata = '{\"k\": 1}'", "IS NULL", [1, 0, 0, 0, 0]),
      ]
      for change in changes {
        try await stage.runUnseen(
          "UPDATE extracted_positions SET \(change.set) WHERE collector_result_id = \(result) AND competitor_name \(change.whose)"
        )
        let unchanged = world.results.count - (change.counts.contains(1) ? 1 : 0)
        #expect(try await Self.copyAll(stage) == change.counts + [unchanged], "\(change.set)")
      }
      let after = try await Self.places(stage)
      let touched = places.filter { after[$0.key] != $0.value }
      #expect(Array(touched.keys) == [result])
      #expect(
        touched[result]?.subtracting(after[result] ?? []).count == 3, "the fact, its metrics and its sentiment")
      #expect(
        try await stage.value(
          "SELECT sentiment_score FROM brand_sentiment s JOIN metric_facts f ON f.id = s.metric_fact_id WHERE f.collector_result_id = \(result)"
        ) == "0.13")
    }
  }

  // MARK: Helpers

  /// Copies every result in one go.
  /// - Returns: the counts, that of results left alone last.
  private static func copyAll(_ stage: Stage, refused: Set<Int> = []) async throws -> [Int] {
    let keys = try await stage.pool.query(Stage.migration.nextKeys, [.integer(Int.min), .integer(1_000_000)])
    let all = (0..<keys.count).compactMap { keys.integer(row: $0, column: 0) }
    let counted = try await stage.pool.query(Stage.migration.keyCount, [.integer(Int.max)])
    #expect(counted.integer(row: 0, column: 0) == all.count)
    let counts = try await stage.pool.query(Stage.migration.copy.copy, [.array(all)] + refusing(Array(refused)))
    #expect(counts.columns.map(\.name) == tables + ["unchanged"])
    return (0..<counts.columns.count).compactMap { counts.integer(row: 0, column: $0) }
  }

  private static let tables = [
    "metric_facts", "brand_metrics", "competitor_metrics", "brand_sentiment", "competitor_sentiment",
  ]

  private static func rowCounts(_ stage: Stage) async throws -> [Int] {
    var counts: [Int] = []
    for table in tables { counts.append(Int(try await stage.value("SELECT count(*) FROM \(table)") ?? "") ?? -1) }
    return counts
  }

  /// Where the star rows of each collector result lie, and who wrote them.
  private static func places(_ stage: Stage) async throws -> [Int: Set<String>] {
    var places: [Int: Set<String>] = [:]
    for table in tables {
      let fact = table == "metric_facts" ? "id" : "metric_fact_id"
      let rows = try await stage.pool.query(
        Statement(
          """
          SELECT f.collector_result_id, '\(table) ' || t.id || ' ' || t.xmin || ' ' || t.ctid
          FROM \(table) t JOIN metric_facts f ON f.id = t.\(fact)
          """))
      for row in 0..<rows.count {
        places[rows.integer(row: row, column: 0)!, default: []].insert(rows.string(row: row, column: 1)!)
      }
    }
    return places
  }

  static func expect(
    _ expected: MappingModel.Outcome, on stage: Stage, _ wide: [WideRow], refused: Set<Int> = [], _ moment: String
  ) async throws {
    let lines = try await stage.pool.query(Statement(MappingModel.starLines))
    let actual = Dictionary(grouping: (0..<lines.count).map { Text(lines.string(row: $0, column: 0)!) }) { $0 }
    let wanted = Dictionary(grouping: expected.star.map { Text($0) }) { $0 }
    let missing = wanted.filter { actual[$0.key]?.count != $0.value.count }.keys.map(\.string).sorted().prefix(3)
    let surplus = actual.filter { wanted[$0.key]?.count != $0.value.count }.keys.map(\.string).sorted().prefix(3)
    #expect(missing.isEmpty && surplus.isEmpty, "\(moment): missing \(missing), surplus \(surplus)")
    try await ExplainedRows.expect(expected, on: stage, wide, refused: refused, moment)
  }
}
