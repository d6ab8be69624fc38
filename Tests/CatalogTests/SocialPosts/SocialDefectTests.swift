import Cutover
import EventLoop
import Migration
import SQL
import Synchronization
import Testing
import TestSupport

@Suite(.serialized) struct SocialDefectTests {
  /// Something that spoils one row of a new table, or a row that nobody knows.
  private struct Defect: Sendable {
    let table: String
    /// Which of the sample's rows.
    let row: String
    let key: Int
    /// The column that is changed; nil: the row goes or comes.
    var column: String?
    let change: String

    /// What sets a column of the first post's row to `value`.
    static func change(_ table: String, _ column: String, _ value: String, _ condition: String = "") -> Defect {
      let row = "entity_id = 1" + (condition.isEmpty ? "" : " AND \(condition)")
      return Defect(
        table: table, row: row, key: 1, column: column,
        change: "UPDATE social.\(table) SET \(column) = \(value) WHERE \(row)")
    }

    static func delete(_ table: String, _ key: Int, _ condition: String = "") -> Defect {
      let row = "entity_id = \(key)" + (condition.isEmpty ? "" : " AND \(condition)")
      return Defect(table: table, row: row, key: key, change: "DELETE FROM social.\(table) WHERE \(row)")
    }

    static func insert(_ table: String, _ key: Int, _ condition: String, _ values: String) -> Defect {
      let row = "entity_id = \(key)" + (condition.isEmpty ? "" : " AND \(condition)")
      return Defect(table: table, row: row, key: key, change: "INSERT INTO social.\(table) \(values)")
    }
  }

  private static let (one, two) = (SocialChange.workspaces[0], SocialChange.workspaces[1])
  private static let day = "recorded_at = '2025-06-15Z'"
  private static let lost = "column_name = 'likes'"

  /// Every column of every new table but for: those that are the row's identity; a file's id and kind, which CHECKs
  /// bind to its address; and `happens_at` and `norm`, which are computed.
  private static let changed: [Defect] =
    ["user_id", "account_id"].map { .change("posts_core", $0, "77") }
    + ["scheduled_at", "published_at", "created_at"].map {
      .change("posts_core", $0, "'2025-06-20 00:00:00.000001Z'")
    } + [
      .change("posts_core", "organization_id", "'\(two)'"), .change("posts_core", "platform", "'tiktok'"),
      .change("posts_core", "platform_post_id", "'spoilt'"), .change("posts_core", "status", "'failed'"),
      .change("posts_content", "organization_id", "'\(two)'"), .change("posts_content", "text", "'spoilt'"),
      .change("posts_content", "caption", "NULL"), .change("posts_content", "hashtags", "'{b,a}'"),
      .change("post_media_links", "organization_id", "'\(two)'", "position = 1"),
      .change(
        "post_media_links", "media_id", "(SELECT id FROM social.media_files WHERE url = 'http://c/other')",
        "position = 1"),
      .change("post_media_links", "details", "'{\"alt\": 1.0}'", "position = 1"),
      .change("post_insights", "organization_id", "'\(two)'"),
      .change("post_insights", "counted_at", "'2025-06-20Z'"), .change("post_insights", "reel_shortcode", "NULL"),
      .change("post_insights", "reel_music", "'spoilt'"), .change("post_insights", "reel_seconds", "8"),
      .change("post_insights", "platform_data", "'{\"a\": 1.00}'"),
      .change("time_series_metrics", "organization_id", "'\(two)'", day),
      .change("time_series_metrics", "metrics", "'{\"likes\": 6}'", day),
      .change("embeddings", "organization_id", "'\(two)'"), .change("embeddings", "embedding", "'{1,3}'"),
      .change("social_disagreements", "organization_id", "'\(two)'", lost),
      .change("social_disagreements", "kept", "'spoilt'", lost),
      .change("social_disagreements", "other", "'spoilt'", lost),
    ] + ["likes", "comments", "shares", "views"].map { .change("post_insights", $0, "coalesce(\($0), 0) + 1") }

  /// Rows that go and come; a post that goes takes all that it has.
  private static let missing: [Defect] = [
    .delete("post_media_links", 3, "position = 0"), .delete("post_insights", 3),
    .delete("time_series_metrics", 3, day), .delete("embeddings", 3), .delete("social_disagreements", 3, lost),
    .insert(
      "post_media_links", 4, "position = 0", "SELECT 4, 0, organization_id, id, '{}' FROM social.media_files LIMIT 1"),
    .insert("post_insights", 4, "", "(entity_id, organization_id, likes) VALUES (4, '\(one)', 1)"),
    .insert(
      "time_series_metrics", 4, day,
      "(entity_id, organization_id, entity_type, recorded_at, metrics) VALUES (4, '\(one)', 'post', '2025-06-15Z', '{\"likes\": 1}')"
    ),
    .insert(
      "time_series_metrics", 2, "\(day) AND entity_type = 'account'",
      "(entity_id, organization_id, entity_type, recorded_at, metrics) VALUES (2, '\(one)', 'account', '2025-06-15Z', '{\"likes\": 1}')"
    ),
    .insert("embeddings", 4, "", "VALUES (4, 'post', 'm', 1, '\(one)', '{1}')"),
    .insert("social_disagreements", 4, "", "VALUES (4, 'posts', '', 'organization_id', '\(one)', 'a', 'b')"),
    .insert(
      "posts_core", 9, "",
      "(entity_id, organization_id, platform, status, created_at) VALUES (9, '\(one)', 'x', 'draft', now())"),
  ]

  /// Three posts with all that there is, and one with nothing but its text.
  private static let sample = [
    """
    INSERT INTO social.posts (
      id, user_id, workspace_id, account_id, platform, platform_post_id, status, scheduled_at, published_at, text, caption,
      hashtags, media_urls, embedding, embedding_model, like_count, comment_count, share_count, counted_at,
      platform_data, created_at)
    SELECT n, 5, '\(one)', 6, 'x', 'p', 'draft', '2025-06-15Z', '2025-06-15Z', 't', 'c', 'a b',
      '["http://c/a.jpg", {"url": "http://c/b", "alt": 1}]', '{1,-0.0}', 'm', 1, 2, 3, '2025-06-15Z', '{"a": 1.0}',
      '2025-06-15Z'
    FROM generate_series(1, 3) n
    """,
    """
    INSERT INTO social.posts (id, workspace_id, platform, status) VALUES (4, '\(one)', 'x', 'draft')
    """,
    """
    INSERT INTO social.posts (id, workspace_id, platform, status, media_urls)
    VALUES (5, '\(one)', 'x', 'draft', '"http://c/other"')
    """,
    "INSERT INTO social.post_analytics (post_id, stat_day, likes) SELECT n, '2025-06-15', 5 FROM generate_series(1, 3) n",
    """
    INSERT INTO social.daily_stats (entity_id, entity_type, stat_date, stats)
    SELECT n, 'post', '2025-06-15', '{"likes": 4}' FROM generate_series(1, 3) n
    """,
    """
    INSERT INTO social.instagramreelsscraper (post_id, shortcode, music, duration_seconds, scraped_at)
    SELECT n, 's', 'm', 7, '2025-06-15 01:00Z' FROM generate_series(1, 3) n
    """,
  ]

  private struct Found: Hashable {
    let table: String
    let key: Int?
    let column: String?
    let old: String?
    let new: String?
  }

  @Test("every defect is found where it is, with both values, and nothing else; a repair mends it")
  func findsEveryDefect() async throws {
    try await SocialStage.use(keys: 0) { stage in
      try await stage.runUnseen(Self.sample)
      try await stage.backfill()
      let lines = try await stage.newLines()
      let columns = try await stage.rows(
        """
        SELECT c.table_name, c.column_name FROM information_schema.columns c
        WHERE c.table_schema = 'social' AND c.table_name = ANY ('{\(Self.tables.joined(separator: ","))}'::text[])
          AND c.is_generated = 'NEVER' AND NOT EXISTS (
            SELECT FROM information_schema.key_column_usage k
            JOIN information_schema.table_constraints t ON t.constraint_name = k.constraint_name
            WHERE t.constraint_type = 'PRIMARY KEY' AND t.table_schema = 'social' AND k.table_name = c.table_name
              AND k.table_schema = 'social' AND k.column_name = c.column_name)
        """)
      #expect(Set(Self.changed.map { [$0.table, $0.column!] }) == Set(columns.map { $0.map { $0! } }))
      let group = Self.changed + Self.missing
      func values() async throws -> [String?] {
        var values: [String?] = []
        for defect in group {
          let row = defect.column.map { "to_jsonb(n) -> '\($0)'" } ?? "to_jsonb(n) - '{happens_at,norm}'::text[]"
          values += [
            try await stage.rows("SELECT \(row) FROM social.\(defect.table) n WHERE \(defect.row)").first?[0]
          ]
        }
        return values
      }
      let old = try await values()
      for defect in group { try await stage.run(defect.change) }
      let new = try await values()
      let seeded = group.indices.map { place in
        Found(
          table: group[place].table, key: group[place].key, column: group[place].column, old: old[place],
          new: new[place])
      }
      #expect(seeded.allSatisfy { $0.old != $0.new })
      let differences = try await Self.rowsFound(try await stage.verify(), stage)
      let found = differences.map { Found(table: $0.table, key: $0.key, column: $0.column, old: $0.old, new: $0.new) }
      expect(Set(found.map { "\($0)" }), are: Set(seeded.map { "\($0)" }))
      #expect(found.count == seeded.count)
      let mended = try await stage.verify(isRepairing: true)
      #expect(mended.equal && mended.repaired == Set(seeded.map(\.key)).count)
      try await expect(stage.newLines(), are: lines)
    }
  }

  private static let tables = [
    "posts_core", "posts_content", "post_media_links", "post_insights", "time_series_metrics", "embeddings",
    "social_disagreements",
  ]

  /// Without the answers that differ because of them.
  private static func rowsFound(
    _ report: VerificationReport, _ stage: SocialStage
  ) async throws -> [FindingsReader.Difference] {
    #expect(!report.equal)
    return try await FindingsReader(report.verification, database: stage.pool).differences(after: 0, limit: 1_000)
      .filter { $0.key != nil }
  }

  @Test("a file that posts want and that is another one is found; one that nobody wants is no difference")
  func files() async throws {
    try await SocialStage.use(keys: 0) { stage in
      try await stage.runUnseen(Self.sample)
      try await stage.backfill()
      let lines = try await stage.newLines()
      let files = "social.media_files"
      // Its id is a hash of its organization and its address, and its kind follows from that.
      for change in ["id = gen_random_uuid()", "kind = 'video'", "url = 'x'", "organization_id = '\(Self.two)'"] {
        do {
          try await stage.run("UPDATE \(files) SET \(change)")
          Issue.record("\(change): taken")
        } catch let error as DatabaseError {
          #expect(error.state.map { ["23514", "23503"].contains($0.description) } == true, "\(change): \(error)")
        }
      }
      do {
        try await stage.run("DELETE FROM \(files)")
        Issue.record("a file that is linked went")
      } catch let error as DatabaseError { #expect(error.state?.description == "23503") }
      try await stage.run(
        """
        INSERT INTO \(files) (id, organization_id, url, kind)
        SELECT left(encode(sha256(convert_to(o || ' http://nobody', 'UTF8')), 'hex'), 32)::uuid, o::uuid, 'http://nobody', 'other'
        FROM (VALUES ('\(Self.one)')) v (o)
        """)
      let report = try await stage.verify()
      #expect(report.equal)
      // Where no constraint holds, it is found, and mended.
      try await stage.run(
        "DO $$ DECLARE c NAME; BEGIN FOR c IN SELECT conname FROM pg_constraint WHERE conrelid = '\(files)'::regclass "
          + "AND contype = 'c' LOOP EXECUTE format('ALTER TABLE \(files) DROP CONSTRAINT %I', c); END LOOP; END $$")
      for (change, url) in [
        ("url = 'spoilt'", "http://c/a.jpg"), ("kind = 'video'", "http://c/b"),
        ("organization_id = '\(Self.two)'", "http://c/other"),
      ] { try await stage.run("UPDATE \(files) SET \(change) WHERE url = '\(url)'") }
      let found = try await Self.rowsFound(try await stage.verify(), stage)
      #expect(Set(found.map(\.table)) == ["media_files"])
      let keys = Dictionary(grouping: found) { $0.column }.mapValues { Set($0.map(\.key)) }
      #expect(keys == ["url": [1, 2, 3], "kind": [1, 2, 3], "organization_id": [5]], "each post that wants it")
      #expect(try await stage.verify(isRepairing: true).equal)
      try await expect(stage.newLines(), are: lines)
    }
  }

  @Test("verifications while programs write raise no false alarm, and a real difference is found after them")
  func noFalseAlarm() async throws {
    let seed = UInt64.random(in: .min ... .max)
    print("seed \(seed)")
    try await SocialStage.use(keys: 30) { stage in
      var change = SocialChange(keys: 30, seed: seed)
      try await stage.runUnseen(change.fill(300))
      try await stage.backfill()
      let settings = stage.settings
      let load = StageLoad<SocialStage>(seed: seed, keys: 30)
      async let ended: Void = load.run(on: settings)
      var alarms: [String] = []
      do {
        for number in 0..<2 where alarms.isEmpty {
          let report = try await stage.verify()
          if !report.equal {
            alarms = ["verification \(number)"]
            try await FindingsReader(report.verification, database: stage.pool).forEachDifference {
              alarms.append($0.text(stage.migration.keyName))
            }
          }
        }
      } catch { alarms = ["\(error)"] }
      load.stop()
      try await ended
      print("writes \(load.writes)")
      #expect(alarms == [], "seed \(seed)")
      #expect(load.errors == [])
      #expect(load.writes > 20)
      try await eventually("all is repaired", on: stage.loop) {
        try await stage.repair()
        return try await stage.queued().isEmpty
      }
      try await expect(stage.newLines(), are: stage.model().lines, "seed \(seed)")
      try await stage.run("UPDATE social.posts_content SET text = coalesce(text, '') || 'x'")
      #expect(try await !stage.verify().equal)
    }
  }
}
