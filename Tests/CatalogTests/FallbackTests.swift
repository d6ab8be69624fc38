import Cutover
import EventLoop
import Migration
import Postgres
import QueryAdapter
import Rollout
import SQL
import Testing
import TestSupport

@Suite(.serialized) struct FallbackTests {
  private static let world = SampleWorld.make(seed: 61, resultsPerBrand: 12)

  /// One request to each endpoint for the brand.
  private static func inquiries(of brand: Int) -> [Inquiry] {
    Inquiry.paths.map { path in
      Inquiry(
        path, brand: world.brands[brand].id, from: SampleWorld.firstDay, to: SampleWorld.firstDay + SampleWorld.days,
        argument: path == "/visibility"
          ? "month" : path == Inquiry.trendPath ? world.brands[brand].competitors.first ?? "" : nil)
    }
  }

  /// Which schema answers each endpoint when the new one is forced, and when every flag is on at 100; the
  /// bytes must be the old schema's whichever it is.
  private static func choices(_ stage: Stage, brand: Int = 0) async throws -> [String: [String]] {
    let flags = FlagBox()
    flags.set(
      FlagSet(
        Stage.migration.services.map { service in
          var flag = Flag(service: service.name)
          flag.useNewSchema = true
          flag.canaryPercent = .all
          return flag
        }))
    let flagged = QueryAdapter(database: stage.pool, flags: flags)
    var choices: [String: [String]] = [:]
    for inquiry in inquiries(of: brand) {
      let old = try await stage.body(inquiry, from: .old)
      for answer in [
        await stage.adapter.answer(inquiry.question, override: .new), await flagged.answer(inquiry.question),
      ] {
        guard case .body(let bytes, let choice) = answer else {
          throw Stage.Unexpected(inquiry: inquiry, answer: answer)
        }
        #expect(bytes == Array(old.utf8), "\(inquiry.label)")
        choices[inquiry.path, default: []].append("\(choice.schema), \(choice.reason)")
      }
    }
    return choices
  }

  private static let fallenBack = ["old, fallback", "old, fallback"]
  private static let new = ["new, override", "new, flag"]

  @Test("while results of a brand await repair, its reads come from the old schema; other brands read new")
  func repairQueue() async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(Self.world, on: loop)
      defer { stage.close() }
      try await stage.run(
        "INSERT INTO switchyard.repair_queue (migration, key, subject, reason) VALUES ('another', 1, '\(Self.world.brands[0].id)', 'not ours')"
      )
      #expect(Set(try await Self.choices(stage).values) == [Self.new])
      let keys = Self.world.results.filter { $0.brand == Self.world.brands[0].id }.map(\.id).prefix(2)
      for key in keys {
        try await stage.run(
          "INSERT INTO switchyard.repair_queue (migration, key, subject, reason) VALUES ('brand-metrics', \(key), '\(Self.world.brands[0].id)', 'a test')"
        )
      }
      // What awaits repair is wrong on the new side.
      try await stage.run(
        "DELETE FROM metric_facts WHERE collector_result_id IN (\(keys.map(String.init).joined(separator: ",")))")
      #expect(Set(try await Self.choices(stage).values) == [Self.fallenBack])
      #expect(Set(try await Self.choices(stage, brand: 1).values) == [Self.new])
      try await stage.run("DELETE FROM switchyard.repair_queue WHERE key = \(keys[0])")
      #expect(Set(try await Self.choices(stage).values) == [Self.fallenBack])
      try await Repair(Stage.migration, database: stage.pool).drain()
      _ = try await stage.pool.query(Stage.migration.copy.copy, [.array(Array(keys))] + refusing())
      #expect(Set(try await Self.choices(stage).values) == [Self.new])
    }
  }

  private static let ofView: Set = ["/dashboard", "/visibility"]
  private static let ofCompetitors: Set = ["/competitors", Inquiry.trendPath]
  private static let ofBrand: Set = ["/topics", "/prompts", "/keywords", "/citations"]
  private static let all = Set(Inquiry.paths)

  /// What breaks, what mends it, and who falls back.
  @Test(
    "what is missing on the new side is answered from the old one, and only that",
    arguments: [
      (
        "ALTER MATERIALIZED VIEW mv_brand_daily_metrics RENAME TO mv_gone",
        "ALTER MATERIALIZED VIEW mv_gone RENAME TO mv_brand_daily_metrics", ofView
      ),
      ("DROP MATERIALIZED VIEW mv_brand_daily_metrics", nil, ofView),
      ("DROP FUNCTION switchyard.brand_daily_metrics", nil, ofView),
      (
        "ALTER FUNCTION switchyard.brand_daily_metrics RENAME TO elsewhere",
        "ALTER FUNCTION switchyard.elsewhere RENAME TO brand_daily_metrics", ofView
      ),
      (
        "ALTER TABLE switchyard.brand_daily_dirty_cells RENAME TO dirt",
        "ALTER TABLE switchyard.dirt RENAME TO brand_daily_dirty_cells", ofView
      ),
      (
        "ALTER TABLE competitor_metrics RENAME TO rivals", "ALTER TABLE rivals RENAME TO competitor_metrics",
        ofCompetitors
      ),
      (
        "ALTER TABLE competitor_sentiment RENAME TO moods", "ALTER TABLE moods RENAME TO competitor_sentiment",
        ["/competitors"]
      ),
      ("DROP TABLE brand_sentiment CASCADE", nil, ofBrand.union(ofView)),
      (
        "ALTER TABLE brand_metrics RENAME COLUMN visibility_index TO v",
        "ALTER TABLE brand_metrics RENAME COLUMN v TO visibility_index", ofBrand.union(["/dirty"])
      ),
      ("ALTER TABLE metric_facts RENAME TO facts", "ALTER TABLE facts RENAME TO metric_facts", all),
      (
        "ALTER TABLE switchyard.repair_queue RENAME TO queue", "ALTER TABLE switchyard.queue RENAME TO repair_queue",
        all
      ),
      ("ALTER SCHEMA switchyard RENAME TO sy", "ALTER SCHEMA sy RENAME TO switchyard", all),
    ] as [(String, String?, Set<String>)])
  func missingObject(breaks: String, mends: String?, whoFallsBack: Set<String>) async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(Self.world, on: loop)
      defer { stage.close() }
      #expect(Set(try await Self.choices(stage).values) == [Self.new])
      try await stage.run(breaks)
      // A dirty cell is read from the facts, so a column that only dirty cells need is missed by the view's services too.
      let expected = whoFallsBack.contains("/dirty") ? whoFallsBack.union(Self.ofView) : whoFallsBack
      for (path, choices) in try await Self.choices(stage) {
        #expect(choices == (expected.contains(path) ? Self.fallenBack : Self.new), "\(path)")
      }
      guard let mends else { return }
      try await stage.run(mends)
      #expect(Set(try await Self.choices(stage).values) == [Self.new])
    }
  }

  @Test("a new side that does not answer in time is answered from the old one; neither in time is an error")
  func lockedTables() async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(Self.world, on: loop)
      defer { stage.close() }
      let hurried = Pool(
        stage.settings.with(statementMillisecondsMax: 200), limits: PoolLimits(connectionsMax: 1), on: loop)
      defer { hurried.close() }
      let impatient = Stage(
        settings: stage.settings, pool: hurried, loop: loop, adapter: QueryAdapter(database: hurried, flags: FlagBox()))
      let inquiry = Self.inquiries(of: 0)[0]
      try await stage.pool.transaction { session in
        _ = try await session.query(Statement("LOCK TABLE switchyard.brand_daily_dirty_cells IN ACCESS EXCLUSIVE MODE"))
        let old = try await impatient.body(inquiry, from: .old)
        #expect(
          await impatient.adapter.answer(inquiry.question, override: .new)
            == .body(Array(old.utf8), Choice(.old, .fallback)))
        _ = try await session.query(Statement("LOCK TABLE extracted_positions IN ACCESS EXCLUSIVE MODE"))
        for schema in Schema.allCases {
          let answer = await impatient.adapter.answer(inquiry.question, override: schema)
          guard case .failed(let error, _) = answer else { throw Stage.Unexpected(inquiry: inquiry, answer: answer) }
          #expect(error.cause == .timedOut && error.doing == "dashboard.old")
        }
      }
      _ = try await impatient.body(inquiry, from: .new)
    }
  }

  @Test("an old side that fails is an error, for old reads and for those that fall back")
  func oldSideFails() async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(Self.world, on: loop)
      defer { stage.close() }
      try await stage.run("ALTER TABLE extracted_positions RENAME TO extracted_positions_archived")
      for inquiry in Self.inquiries(of: 0) {
        let answer = await stage.adapter.answer(inquiry.question, override: .old)
        guard case .failed(let error, _) = answer else { throw Stage.Unexpected(inquiry: inquiry, answer: answer) }
        #expect(error.state == .undefinedTable)
        _ = try await stage.body(inquiry, from: .new)
      }
      try await stage.run("ALTER TABLE metric_facts RENAME TO facts")
      for inquiry in Self.inquiries(of: 0) {
        let answer = await stage.adapter.answer(inquiry.question, override: .new)
        guard case .failed(let error, _) = answer else { throw Stage.Unexpected(inquiry: inquiry, answer: answer) }
        #expect(error.state == .undefinedTable)
      }
    }
  }
}
