import Cutover
import EventLoop
import Migration
import SQL
import Testing
import TestSupport

/// The old tables' names once they are archived: views that old SQL reads and writes.
@Suite(.serialized) struct SocialViewTests {
  private static let keys = 20
  /// From the last place to the first.
  private static let order = [
    "posts", "daily_stats", "instagramreelsscraper_duplicate", "instagramreelsscraper", "account_analytics",
    "post_analytics",
  ]

  @Test("complete rows that are inserted through the views, the first source last, give what a copy of old rows gives")
  func insertsLikeACopy() async throws {
    let seed = UInt64.random(in: .min ... .max)
    print("seed \(seed)")
    try await SocialStage.use(keys: Self.keys) { stage in
      var change = SocialChange(keys: Self.keys, seed: seed, isSound: true)
      try await stage.runUnseen(change.fill(500))
      // A scrape that says nothing of a reel takes nothing away in a view, and says NULL in a table.
      try await stage.runUnseen([
        """
        UPDATE social.instagramreelsscraper
        SET shortcode = coalesce(shortcode, ''), music = coalesce(music, ''), duration_seconds = coalesce(duration_seconds, 1)
        """,
        """
        UPDATE social.instagramreelsscraper_duplicate
        SET code = coalesce(code, ''), audio = coalesce(audio, ''), duration = coalesce(duration, 1)
        """,
      ])
      let model = try await stage.model()
      let skipped = Set(model.skipped.values.map { $0.reason! })
      #expect(skipped.isSubset(of: ["older_duplicate", "no_entity", "incomplete"]), "seed \(seed): \(skipped)")
      #expect(model.counts.filter { $0.value > 5 }.count == 8, "\(model.counts)")
      var inserts: [String] = []
      for name in Self.order {
        let table = SocialTable.named(name)
        let columns = ((name == "posts" ? ["id"] : []) + table.columns.map(\.name)).joined(separator: ", ")
        let ids = model.verdicts.filter { $0.key.table == name && !$0.value.isSkipped }.map { String($0.key.id) }
        let order = name.hasPrefix("instagram") ? "scraped_at, id" : "id"
        inserts.append(
          """
          INSERT INTO social.\(name) (\(columns)) SELECT \(columns) FROM social.\(name)_archived
          WHERE id = ANY ('{\(ids.joined(separator: ","))}') ORDER BY \(order)
          """)
      }
      try await stage.backfill()
      try await stage.job(.archive, isForcing: true)
      try await stage.run("TRUNCATE social.posts_core, social.time_series_metrics, social.social_disagreements CASCADE")
      #expect(try await stage.newLines() == [])
      for insert in inserts { try await stage.run(insert) }
      let told = model.lines.filter { !$0.hasPrefix("social_disagreements") }
      try await expect(stage.newLines(), are: told, "seed \(seed)")
      #expect(told.count > 100)
    }
  }

  @Test("old SQL reads in each view what its table had, where no source lost and nothing is skipped")
  func readsLikeTheTable() async throws {
    try await SocialStage.use(keys: 9) { stage in
      try await stage.runUnseen([
        """
        INSERT INTO social.posts (
          id, workspace_id, platform, platform_post_id, status, scheduled_at, text, hashtags, media_urls, embedding,
          embedding_model, like_count, platform_data, created_at)
        SELECT n, '\(SocialChange.workspaces[0])', 'x', 'p' || n, 'draft', '2025-06-15Z', 't', '#a #b', '["u", {"a": 1, "url": "v"}]',
          '{0.5,-2}', 'm@2', n, '{"a": 1.0}', '2025-06-14Z'
        FROM generate_series(1, 5) n
        """,
        """
        INSERT INTO social.post_analytics (post_id, stat_day, impressions, reach, likes, created_at)
        SELECT n, '2025-06-15', n, 2, 3, '2025-06-15Z' FROM generate_series(1, 5) n
        """,
        """
        INSERT INTO social.account_analytics (account_id, day, followers, engagement_rate, created_at)
        VALUES (1, '2025-06-15', 7, 0.5, '2025-06-15Z')
        """,
        """
        INSERT INTO social.daily_stats (entity_id, entity_type, stat_date, stats, created_at)
        VALUES (2, 'post', '2025-06-16', '{"zz": 3}', '2025-06-16Z')
        """,
        """
        INSERT INTO social.instagramreelsscraper (
          post_id, shortcode, music, duration_seconds, play_count, scraped_at, created_at)
        VALUES (3, 's', 'm', 9, 1, '2025-06-15 01:00Z', '2025-06-15 01:00Z')
        """,
      ])
      try await stage.backfill()
      let reads = SocialTable.all.filter { !$0.name.hasSuffix("duplicate") }.map { table in
        let columns = (table.name == "posts" ? ["id"] : []) + table.columns.map(\.name)
        let condition = table.name == "daily_stats" ? " WHERE stat_date = '2025-06-16'" : ""
        return "SELECT \(columns.joined(separator: ", ")) FROM social.\(table.name)\(condition) ORDER BY 1"
      }
      var before: [[[String?]]] = []
      for read in reads { before.append(try await stage.rows(read)) }
      #expect(before.map(\.count) == [5, 5, 1, 1, 1])
      try await stage.job(.archive, isForcing: true)
      for (read, rows) in zip(reads, before) { #expect(try await stage.rows(read) == rows, "\(read)") }
      // Both views of scrapes show both.
      #expect(
        try await stage.rows("SELECT post_id, code, audio, plays FROM social.instagramreelsscraper_duplicate") == [
          ["3", "s", "m", "1"]
        ])
      #expect(try await stage.count("social.daily_stats") == 7, "each day, whatever table said it")
    }
  }

  /// The relation's columns, their types and defaults, and who may do what with it; ids of a view are made up.
  private static let shape = """
    SELECT c.oid::regclass::text, string_agg(
      concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod), a.attacl::text,
        CASE WHEN a.attname <> 'id' OR c.oid = 'social.posts'::regclass THEN pg_get_expr(d.adbin, d.adrelid) END), ', '
      ORDER BY a.attnum),
      (SELECT string_agg(concat_ws(' ', p.grantee, p.privilege_type, p.is_grantable), ',' ORDER BY p.grantee, p.privilege_type)
       FROM aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) p)
    FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.oid IN (\(SocialTable.all.map { "'social.\($0.name)'::regclass" }.joined(separator: ", ")))
    GROUP BY c.oid ORDER BY 1
    """

  @Test("each view has its table's columns, defaults and privileges; who may write the table may write the view alone")
  func hasTheShapeOfTheTable() async throws {
    try await SocialStage.use(keys: 9) { stage in
      try await stage.backfill()
      let program = try await SocialSession.open(stage)
      defer { program.close() }
      let name = "role_\(UInt64.random(in: .min ... .max))"
      let (reader, writer, peeper) = ("\(name)_reader", "\(name)_writer", "\(name)_peeper")
      let olds = SocialTable.all.map { "social.\($0.name)" }.joined(separator: ", ")
      try await stage.run([
        "CREATE ROLE \(reader)", "CREATE ROLE \(writer)", "CREATE ROLE \(peeper)",
        "GRANT USAGE ON SCHEMA social TO \(reader), \(writer), \(peeper)", "GRANT SELECT ON \(olds) TO \(reader)",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON social.posts, social.post_analytics TO \(writer) WITH GRANT OPTION",
        "GRANT USAGE ON ALL SEQUENCES IN SCHEMA social TO \(writer)",
        "GRANT SELECT (id, text), UPDATE (text) ON social.posts TO \(peeper)",
        "ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO PUBLIC",
      ])
      let before = try await stage.rows(Self.shape)
      #expect(before.count == 6)
      try await stage.job(.archive, isForcing: true)
      #expect(try await stage.rows(Self.shape) == before)
      let write = """
        INSERT INTO social.posts (id, workspace_id, platform, status)
        VALUES (1, '\(SocialChange.workspaces[0])', 'x', 'draft')
        """
      for (role, statement, isAllowed) in [
        (writer, write, true),
        (writer, "INSERT INTO social.post_analytics (post_id, stat_day, likes) VALUES (1, '2025-06-15', 1)", true),
        (reader, "SELECT count(*) FROM social.daily_stats", true), (reader, write, false),
        (peeper, "UPDATE social.posts SET text = 'b' WHERE id = 1", true),
        (peeper, "UPDATE social.posts SET caption = 'b' WHERE id = 1", false),
        (writer, "DELETE FROM social.daily_stats", false),
        (writer, "SELECT count(*) FROM social.posts_core", false),
        (writer, "SELECT social.social_compatibility_numbers('{}', '{}')", false),
      ] {
        try await program.begin()
        try await program.run("SET LOCAL ROLE \(role)")
        do {
          try await program.run(statement)
          #expect(isAllowed, "\(statement)")
          try await program.commit()
        } catch let error as DatabaseError {
          #expect(!isAllowed && error.state?.description == "42501", "\(statement): \(error)")
          try await program.rollBack()
        }
      }
      #expect(try await stage.value("SELECT text FROM social.posts_content") == "b")
      try await stage.job(.restore, isForcing: true)
      #expect(try await stage.rows(Self.shape) == before)
      for role in [reader, writer, peeper] { try await stage.run("DROP OWNED BY \(role)", "DROP ROLE \(role)") }
    }
  }

  @Test("what the mapping would skip is an error, and nothing has changed then")
  func refusesWhatIsSkipped() async throws {
    try await SocialStage.use(keys: 9) { stage in
      try await stage.backfill()
      try await stage.job(.archive, isForcing: true)
      let one = "'\(SocialChange.workspaces[0])'"
      try await stage.run(
        """
        INSERT INTO social.posts (id, workspace_id, platform, status, embedding, embedding_model)
        VALUES (1, \(one), 'x', 'draft', '{1}', 'm')
        """,
        "INSERT INTO social.post_analytics (post_id, stat_day, likes) VALUES (1, '2025-06-15', 7)",
        "INSERT INTO social.instagramreelsscraper (post_id, music, play_count, scraped_at) VALUES (1, 'm', 1, '2025-06-15 01:00Z')"
      )
      let before = try await stage.newLines()
      #expect(before.count == 6)
      let post = "INSERT INTO social.posts (id, workspace_id, platform, status"
      let day = "INSERT INTO social.post_analytics (post_id, stat_day, likes) VALUES"
      let stats = "INSERT INTO social.daily_stats (entity_id, entity_type, stat_date, stats) VALUES"
      let scrape = "INSERT INTO social.instagramreelsscraper (post_id, play_count, duration_seconds, scraped_at) VALUES"
      for write in [
        "\(post)) VALUES (2, \(one), 'x', 'nope')", "\(post)) VALUES (2, \(one), 'nope', 'draft')",
        "\(post)) VALUES (2, \(one), 'x', NULL)", "\(post)) VALUES (2, NULL, 'x', 'draft')",
        "\(post)) VALUES (2, '\(SocialChange.late)', 'x', 'draft')",
        "\(post), like_count) VALUES (2, \(one), 'x', 'draft', -1)",
        "\(post), published_at) VALUES (2, \(one), 'x', 'draft', 'infinity')",
        "\(post), media_urls) VALUES (2, \(one), 'x', 'draft', '[\"\"]')",
        "\(post), media_urls) VALUES (2, \(one), 'x', 'draft', '[3]')",
        "\(post), embedding, embedding_model) VALUES (2, \(one), 'x', 'draft', '{0}', 'm')",
        "\(post), embedding, embedding_model) VALUES (2, \(one), 'x', 'draft', '{1}', 'm@0')",
        "\(post), embedding, embedding_model) VALUES (2, \(one), 'x', 'draft', '{NaN}', 'm')",
        "\(day) (99, '2025-06-15', 1)", "\(day) (1, NULL, 1)", "\(day) (1, 'infinity', 1)",
        "\(day) (1, '2025-06-16', -1)",
        "\(stats) (1, 'story', '2025-06-16', '{\"likes\": 1}')", "\(stats) (1, 'post', '2025-06-16', '[]')",
        "\(stats) (1, 'post', '2025-06-16', '{\"Likes\": 1}')",
        "\(stats) (1, 'post', '2025-06-16', '{\"likes\": 1.5}')",
        "\(stats) (1, 'post', '2025-06-16', '{\"x_rate\": 1000000}')",
        "\(stats) (2, 'account', '2025-06-16', '{\"likes\": 1}')",
        "INSERT INTO social.account_analytics (account_id, day, engagement_rate) VALUES (1, '2025-06-16', 'NaN')",
        "INSERT INTO social.account_analytics (account_id, day, reach) VALUES (3, '2025-06-16', 1)",
        "\(scrape) (1, -1, NULL, '2025-06-16Z')", "\(scrape) (1, NULL, -1, '2025-06-16Z')", "\(scrape) (1, 1, 1, NULL)",
        "UPDATE social.posts SET status = 'nope'", "UPDATE social.posts SET platform = NULL",
        "UPDATE social.posts SET embedding = '{0,0}'", "UPDATE social.posts SET id = 7",
        "UPDATE social.post_analytics SET likes = -1", "TRUNCATE social.posts",
        "\(post)) VALUES (1, \(one), 'x', 'draft')",
      ] {
        do {
          try await stage.run(write)
          Issue.record("\(write): taken")
        } catch let error as DatabaseError {
          // Not null, foreign key, unique, check, value out of range, not supported for a view.
          let states: Set = ["23502", "23503", "23505", "23514", "22003", "22023", "0A000", "42809"]
          #expect(error.state.map { states.contains($0.description) } == true, "\(write): \(error)")
        }
        #expect(try await stage.newLines() == before, "\(write)")
      }
    }
  }
}
