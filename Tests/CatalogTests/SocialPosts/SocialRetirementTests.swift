import Cutover
import EventLoop
import Migration
import SQL
import Testing
import TestSupport

@Suite(.serialized) struct SocialRetirementTests {
  private static let keys = 60
  private static let tables = SocialTable.all.map(\.name)

  /// Where the rows of the old tables lie, their indexes, constraints and triggers.
  private static let oldTables =
    tables.map { "SELECT '\($0)', t.ctid::text, t.xmin::text, t::text FROM social.\($0) t" } + [
      """
      SELECT tablename, indexname, indexdef, '' FROM pg_indexes
      WHERE schemaname = 'social' AND tablename IN (\(tables.map { "'\($0)'" }.joined(separator: ", ")))
      """,
      "SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid), tgenabled::text FROM pg_trigger",
    ]

  private static func oldState(_ stage: SocialStage) async throws -> Set<String> {
    Set(try await stage.rows(oldTables.joined(separator: " UNION ALL ")).map { "\($0)" })
  }

  private static func filled(
    _ seed: UInt64, _ body: @escaping @Sendable (SocialStage) async throws -> Void
  ) async throws {
    try await SocialStage.use(keys: keys) { stage in
      var change = SocialChange(keys: keys, seed: seed)
      try await stage.runUnseen(change.fill(700))
      try await stage.backfill()
      try await body(stage)
    }
  }

  private static func sum(_ statement: Statement, _ stage: SocialStage) async throws -> [String?] {
    let rows = try await stage.pool.query(statement)
    return rows.columns.indices.map { rows.string(row: 0, column: $0) }
  }

  @Test("archived and restored, again and again, the old tables are what they were: rows, places, indexes, triggers")
  func restores() async throws {
    let seed = UInt64.random(in: .min ... .max)
    print("seed \(seed)")
    try await Self.filled(seed) { stage in
      try await stage.run("CREATE INDEX \"Mine\" ON social.posts (lower(text) COLLATE \"C\") WHERE caption <> ''")
      let before = try await Self.oldState(stage)
      let lines = try await stage.newLines()
      let sum = try await Self.sum(stage.migration.checksum, stage)
      do {
        try await stage.job(.archive)
        Issue.record("nobody has watched who reads the tables")
      } catch is StepRefused {}
      for _ in 0..<2 {
        try await stage.job(.archive, isForcing: true)
        #expect(try await Self.sum(stage.migration.archivedChecksum, stage) == sum)
        let relations = Self.tables.map { "'social.\($0)'::regclass" }.joined(separator: ", ")
        #expect(try await stage.count("pg_class WHERE relkind = 'v' AND oid IN (\(relations))") == 6)
        try await stage.job(.restore, isForcing: true)
        try await expect(Self.oldState(stage), are: before, "seed \(seed)")
        #expect(try await Self.sum(stage.migration.checksum, stage) == sum)
        try await expect(stage.newLines(), are: lines, "seed \(seed)")
      }
      #expect(try await stage.verify().equal)
      try await stage.run("UPDATE social.posts SET text = 'followed'")
      try await expect(stage.newLines(), are: stage.model().lines, "it is followed as before")
      #expect(try await stage.newLines() != lines)
    }
  }

  /// Writes of new code, to the new tables.
  private static func newWrite(_ random: inout SeededGenerator) -> String {
    let post = "entity_id = \(random.within(1...keys))"
    return random.pick([
      "DELETE FROM social.posts_core WHERE \(post)",
      "UPDATE social.posts_core SET status = 'archived', scheduled_at = '2025-06-07Z' WHERE \(post)",
      "UPDATE social.posts_content SET text = 'new', hashtags = '{n,a}' WHERE \(post)",
      "DELETE FROM social.post_media_links WHERE \(post)", "DELETE FROM social.embeddings WHERE \(post)",
      "UPDATE social.embeddings SET embedding = '{3,2,1}' WHERE \(post)",
      "UPDATE social.post_insights SET likes = 9, reel_shortcode = 'zz', reel_music = NULL, counted_at = '2025-01-01Z' WHERE \(post)",
      "DELETE FROM social.post_insights WHERE \(post)",
      "UPDATE social.time_series_metrics SET metrics = '{\"likes\": 77}' WHERE \(post) AND recorded_at = date_trunc('day', recorded_at)",
      "DELETE FROM social.time_series_metrics WHERE \(post) AND recorded_at < '2025-06-02Z'",
      """
      INSERT INTO social.time_series_metrics (entity_id, entity_type, recorded_at, organization_id, metrics)
      SELECT entity_id, 'post', '2025-06-05 01:00Z', organization_id, '{"reel_plays": 3}' FROM social.posts_core
      WHERE \(post) ON CONFLICT DO NOTHING
      """,
      """
      WITH c AS (
        INSERT INTO social.posts_core (entity_id, organization_id, platform, status, created_at)
        VALUES (\(random.within(1...keys)), '\(random.pick(SocialChange.workspaces))', 'x', 'draft', '2025-06-01Z')
        ON CONFLICT DO NOTHING RETURNING entity_id, organization_id)
      INSERT INTO social.posts_content SELECT entity_id, organization_id, 'fresh', NULL, '{}' FROM c
      """,
    ])
  }

  @Test(
    "what is written through the views, and to the new tables, is in the old ones when they come back, and nothing else"
  )
  func writesBack() async throws {
    let seed = UInt64.random(in: .min ... .max)
    print("seed \(seed)")
    try await Self.filled(seed) { stage in
      var change = SocialChange(keys: Self.keys, seed: seed &+ 1, isSound: true)
      for round in 0..<2 {
        let before = try await Self.oldRows(stage)
        try await stage.job(.archive, isForcing: true)
        let linesBefore = try await stage.newLines()
        var taken: [String: Int] = [:]
        for _ in 0..<120 {
          // A view cannot tell what conflicts.
          let write = change.any().replacing(" ON CONFLICT (id) DO NOTHING", with: "")
          do {
            try await stage.run(write)
            taken[String(write.prefix(6)), default: 0] += 1
          } catch is DatabaseError {}
        }
        #expect(taken.count == 3 && taken.values.allSatisfy { $0 > 5 }, "\(taken)")
        if round == 1 { for _ in 0..<25 { try await stage.run(Self.newWrite(&change.random)) } }
        let lines = try await stage.newLines()
        try await stage.job(.restore, isForcing: true)
        let here = "seed \(seed), round \(round)"
        func told(_ lines: Set<String>) -> Set<String> { lines.filter { !$0.hasPrefix("social_disagreements") } }
        try await expect(told(stage.newLines()), are: told(lines), "\(here)")
        // Disagreements are what old rows say now; what only the views knew has gone.
        try await expect(stage.newLines(), are: stage.model().lines, "\(here)")
        let touched = Set(
          lines.symmetricDifference(linesBefore).compactMap { Int($0.split(separator: " ")[1]) })
        #expect(touched.count > 10 && touched.count < Self.keys, "\(here): \(touched.count)")
        let after = try await Self.oldRows(stage)
        for key in 1...Self.keys where !touched.contains(key) {
          #expect(after[key] == before[key], "\(here): entity \(key)")
        }
        let report = try await stage.backfill()
        #expect(report.written.values.allSatisfy { $0 == 0 }, "\(here): \(report.written)")
        #expect(try await stage.verify().equal, "\(here)")
      }
    }
  }

  private static func oldRows(_ stage: SocialStage) async throws -> [Int: Set<[String?]>] {
    let rows = try await stage.rows(
      SocialTable.all.map { "SELECT t.\($0.key), '\($0.name)', t::text FROM social.\($0.name) t" }
        .joined(separator: " UNION ALL "))
    return Dictionary(grouping: rows) { Int($0[0]!)! }.mapValues(Set.init)
  }

  @Test("dropping takes the six archived tables and nothing else; the views go on, and maintenance may take out months")
  func drops() async throws {
    try await Self.filled(7) { stage in
      let relations =
        "SELECT relname FROM pg_class WHERE relnamespace = 'social'::regnamespace AND relkind IN ('r', 'v', 'p')"
      try await stage.job(.archive, isForcing: true)
      let before = Set(try await stage.rows(relations).map { $0[0]! })
      let lines = try await stage.newLines()
      #expect(try await stage.value("SELECT archived FROM social.maintenance(1)") == "0", "a way back needs all months")
      #expect(try await stage.newLines() == lines)
      try await stage.job(.drop, isForcing: true)
      let after = Set(try await stage.rows(relations).map { $0[0]! })
      #expect(before.subtracting(after) == Set(Self.tables.map { "\($0)_archived" }))
      #expect(after.isSubset(of: before))
      #expect(try await stage.newLines() == lines)
      try await stage.run(
        """
        INSERT INTO social.posts (id, workspace_id, platform, status)
        VALUES (99, '\(SocialChange.workspaces[0])', 'x', 'draft')
        """)
      #expect(try await stage.newLines().count == lines.count + 2)
      let moments = try await stage.count(
        "social.time_series_metrics WHERE recorded_at >= '2025-06-01Z' AND recorded_at < '2025-07-01Z'")
      #expect(moments > 10)
      let archived = Int(try await stage.value("SELECT archived FROM social.maintenance(1)") ?? "") ?? 0
      #expect(archived > 0)
      #expect(try await stage.count("social.metric_archives") == archived)
      #expect(try await stage.count("social.time_series_metrics_2025_06") == moments)
      #expect(
        try await stage.count(
          "social.time_series_metrics WHERE recorded_at < '2025-07-01Z' AND recorded_at >= '2025-06-01Z'") == 0)
    }
  }
}
