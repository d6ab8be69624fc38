import EventLoop
import Migration
import Postgres
import SQL
import Testing
import TestSupport

/// New rows follow what any program writes to the old tables, in its own transaction.
@Suite(.serialized) struct SocialMirrorTests {
  private static let keys = 9

  /// Statements of each kind on a table, so that rows change hands between keys too.
  private static func writes(to table: SocialTable, _ change: inout SocialChange) -> [String] {
    let name = "social.\(table.name)"
    let columns = table.columns.dropFirst().map(\.name).joined(separator: ", ")
    let own = [
      change.insert(into: table), change.insert(into: table), change.update(table), change.delete(from: table),
      "UPDATE \(name) SET created_at = '2025-06-30Z' WHERE id % 3 = 0", "DELETE FROM \(name) WHERE false",
      """
      WITH gone AS (DELETE FROM \(name) WHERE \(table.key) = 3 RETURNING 1)
      UPDATE \(name) SET created_at = '2025-07-01Z' WHERE \(table.key) = 4
      """,
    ]
    let others =
      table.name == "posts"
      ? ["UPDATE \(name) SET id = id + 20 WHERE id IN (5, 6)", "UPDATE \(name) SET id = id - 20 WHERE id > 20"]
      : [
        """
        INSERT INTO \(name) (\(table.key), \(columns)) SELECT \(table.key) % \(keys) + 1, \(columns) FROM \(name)
        ORDER BY id LIMIT 5
        """,
        "UPDATE \(name) SET \(table.key) = \(table.key) % 7 + 1 WHERE id % 3 = 1",
        """
        MERGE INTO \(name) t USING (VALUES (5)) v (key) ON t.\(table.key) = v.key AND t.id % 2 = 0
        WHEN MATCHED THEN UPDATE SET \(table.key) = 6
        """,
      ]
    return own + others + ["DELETE FROM \(name) WHERE \(table.key) IN (1, 2)"]
  }

  /// Nothing blocks the post 5.
  private static let sound = """
    INSERT INTO social.posts AS p (id, workspace_id, platform, status)
    VALUES (5, '\(SocialChange.workspaces[0])', 'x', 'draft')
    ON CONFLICT (id) DO UPDATE SET
      workspace_id = excluded.workspace_id, platform = 'x', status = 'draft', media_urls = NULL, like_count = NULL,
      comment_count = NULL, share_count = NULL, view_count = NULL, scheduled_at = NULL, published_at = NULL,
      counted_at = NULL, created_at = '2025-06-01Z'
    """

  /// It shows in the new rows of that post, or of the account 1, whatever else is there.
  private static let shown = [
    "posts": "UPDATE social.posts SET text = 'shown' WHERE id = 5",
    "post_analytics": "INSERT INTO social.post_analytics (post_id, stat_day, likes) VALUES (5, '2031-01-01', 7)",
    "account_analytics":
      "INSERT INTO social.account_analytics (account_id, day, followers) VALUES (1, '2031-01-01', 7)",
    "daily_stats": """
    INSERT INTO social.daily_stats (entity_id, entity_type, stat_date, stats)
    VALUES (5, 'post', '2031-01-02', '{"saves": 7}')
    """,
    "instagramreelsscraper":
      "INSERT INTO social.instagramreelsscraper (post_id, play_count, scraped_at) VALUES (5, 7, '2031-01-03Z')",
    "instagramreelsscraper_duplicate":
      "INSERT INTO social.instagramreelsscraper_duplicate (post_id, plays, scraped_at) VALUES (5, 7, '2031-01-04Z')",
  ]

  @Test("every kind of write to each of the six tables: seen at once by the writer, and rolled back with it")
  func follows() async throws {
    let seed = UInt64.random(in: .min ... .max)
    print("seed \(seed)")
    try await SocialStage.use(keys: Self.keys) { stage in
      let program = try await SocialSession.open(stage)
      defer { program.close() }
      var change = SocialChange(keys: Self.keys, seed: seed)
      try await stage.runUnseen(change.fill(200))
      try await stage.backfill()
      for table in SocialTable.all {
        try await stage.run(Self.sound)
        let before = try await stage.newLines()
        let shown = try #require(Self.shown[table.name])
        try await program.begin()
        var seen: Set<Set<String>> = []
        for write in [shown] + Self.writes(to: table, &change) + ["TRUNCATE social.\(table.name)"] {
          try await program.run(write)
          try await program.expectFollowed("seed \(seed): \(write)")
          seen.insert(try await stage.newLines(in: program.connection))
        }
        #expect(seen.count > 1, "seed \(seed): \(table.name)")
        #expect(try await program.queued() == [:])
        #expect(try await stage.newLines() == before, "nobody else sees it")
        try await program.rollBack()
        #expect(try await stage.newLines() == before)
        for write in Self.writes(to: table, &change) { try await stage.run(write) }
        try await expect(stage.newLines(), are: stage.model().lines, "seed \(seed): \(table.name)")
      }
      #expect(try await stage.queued() == [:])
      #expect(try await stage.skippedRows() == stage.model().skipped)
      try await stage.run("TRUNCATE \(SocialTable.all.map { "social.\($0.name)" }.joined(separator: ", "))")
      #expect(try await stage.newLines() == [])
      #expect(try await stage.skippedRows() == [:])
      #expect(try await stage.queued() == [:])
    }
  }

  @Test("COPY is followed too")
  func followsCopy() async throws {
    try await SocialStage.use(keys: Self.keys) { stage in
      let moment = "2025-06-01 00:00:00+00"
      for (target, rows) in [
        ("instagramreelsscraper (post_id, play_count, music, scraped_at)", [["1", "3", "m", moment]]),
        ("post_analytics (post_id, stat_day, likes)", [["1", "2025-06-01", "7"], ["2", "2025-06-01", "8"]]),
        ("daily_stats (entity_id, entity_type, stat_date, stats)", [["1", "post", "2025-06-01", "{\"likes\":1}"]]),
        ("account_analytics (account_id, day, followers)", [["1", "2025-06-01", "7"], ["2", "2025-06-01", "8"]]),
        (
          "posts (id, team, platform, status, media_urls, created_at)",
          [["1", "team-1", "x", "draft", "\"u\"", moment], ["2", "nope", "x", "draft", "\"u\"", moment]]
        ),
      ] {
        try await World.copy("social.\(target)", rows, into: stage.pool)
        try await expect(stage.newLines(), are: stage.model().lines, target)
      }
      // A post with its text, its file and the link, what is known of its reel, two moments and what lost.
      #expect(try await stage.model().counts.values.filter { $0 > 0 }.count == 7)
      #expect(try await stage.queued() == [:])
    }
  }

  @Test("who may write the table may do so: any role, any search path")
  func followsAnybody() async throws {
    try await SocialStage.use(keys: Self.keys) { stage in
      let program = try await SocialSession.open(stage)
      defer { program.close() }
      let role = "writer_\(UInt64.random(in: .min ... .max))"
      let olds = SocialTable.all.map { "social.\($0.name)" }.joined(separator: ", ")
      try await stage.run(
        "CREATE ROLE \(role)", "GRANT USAGE ON SCHEMA social TO \(role)",
        "GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON \(olds) TO \(role)",
        "GRANT USAGE ON ALL SEQUENCES IN SCHEMA social TO \(role)")
      let writes = [
        """
        INSERT INTO social.posts (id, team, platform, status, media_urls, embedding, embedding_model)
        VALUES (1, 'team-1', 'x', 'draft', '["u"]', '{1}', 'm')
        """,
        "INSERT INTO social.post_analytics (post_id, stat_day, likes) VALUES (1, '2025-06-15', 7)",
        "INSERT INTO social.instagramreelsscraper (post_id, music, scraped_at) VALUES (1, 'm', '2025-06-15Z')",
        "UPDATE social.posts SET text = 'x'", "DELETE FROM social.post_analytics", "TRUNCATE social.posts",
      ]
      for setting in [
        "SET LOCAL ROLE \(role)", "SET LOCAL search_path = ''", "SET LOCAL search_path = 'pg_temp', 'switchyard'",
      ] {
        try await program.begin()
        try await program.run("CREATE TEMP TABLE posts (id BIGINT) ON COMMIT DROP")
        try await program.run(setting)
        for (number, write) in writes.enumerated() {
          try await program.run(write)
          if number == 2 {
            try await program.run("SAVEPOINT look")
            try await program.run("RESET ROLE")
            #expect(try await stage.newLines(in: program.connection).count == 7, "\(setting)")
            try await program.run("ROLLBACK TO look")
          }
        }
        try await program.run("RESET ROLE")
        try await program.expectFollowed("\(setting)")
        #expect(try await program.queued() == [:], "\(setting)")
        try await program.rollBack()
      }
      try await stage.run("DROP OWNED BY \(role)", "DROP ROLE \(role)")
    }
  }

  @Test("the clock that watches who reads the old tables counts no read of the triggers")
  func readsForMaintenance() async throws {
    try await SocialStage.use(keys: 9) { filler in
      var change = SocialChange(keys: 9, seed: 5)
      try await filler.runUnseen(change.fill(60))
      try await filler.backfill()
      // The server has counted all that a session did once it has ended.
      filler.close()
      let stage = SocialStage.join(filler.settings, on: filler.loop, connections: 1)
      defer { stage.close() }
      try await stage.waitUntilAlone()
      try await stage.sampleUsage()
      try await stage.run("UPDATE switchyard.usage_clocks SET unread_since = now() - interval '31 days'")
      // ON CONFLICT would read the table itself.
      let post = """
        INSERT INTO social.posts (id, workspace_id, platform, status)
        VALUES (77, '\(SocialChange.workspaces[0])', 'x', 'draft')
        """
      let inserts = [post] + SocialTable.all.dropFirst().map { change.insert(into: $0) }
      try await stage.elsewhere { for insert in inserts { try await $0.run(insert) } }
      #expect(Int(try await stage.value("SELECT sum(scans) FROM switchyard.own_scans") ?? "") ?? 0 > 6)
      try await stage.sampleUsage()
      #expect(try await stage.unreadDays() == 31)
      try await stage.elsewhere { try await $0.run("SELECT count(*) FROM social.daily_stats") }
      try await stage.sampleUsage()
      #expect(try await stage.unreadDays() == 0)
    }
  }
}
