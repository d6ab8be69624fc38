import Catalog
import Cutover
import EventLoop
import JSON
import Migration
import SQL
import TestSupport
import Testing

/// What a server does on the new tables of social-posts by itself, and what the status says of them.
@Suite(.serialized) struct SocialMaintenanceTests {
  private static func stage(_ fill: [String] = [], _ body: @escaping @Sendable (VectorStage) async throws -> Void)
    async throws
  {
    try await onLoop { loop in try await VectorStage.with(.installed, filledBy: fill, on: loop, body) }
  }

  private static func keepUp(_ stage: VectorStage, keptMonths: Int? = nil) async throws -> [String: Int] {
    let migration = SocialPosts.migration(keptMonths: keptMonths)
    let locks = ShortLocks(migration, stage.pool) { await stage.loop.sleep(milliseconds: $0) }
    return Dictionary(uniqueKeysWithValues: try await TableMaintenance(migration, locks).run())
  }

  private static func months(_ stage: VectorStage) async throws -> [String?] {
    try await stage.rows(
      """
      SELECT right(i.inhrelid::regclass::text, 7) FROM pg_inherits i
      WHERE i.inhparent = 'social.time_series_metrics'::regclass AND i.inhrelid::regclass::text !~ 'default$'
      ORDER BY 1
      """
    ).map { $0[0] }
  }

  /// A post of id 1, with one number a month for two years.
  private static let twoYears = [
    "INSERT INTO social.posts (id, workspace_id, platform, status) VALUES (1, '\(VectorStage.here)', 'x', 'published')",
    """
    INSERT INTO social.post_analytics (post_id, stat_day, likes)
    SELECT 1, date_trunc('month', now())::date + 10 - make_interval(months => m), 7 FROM generate_series(0, 23) m
    """,
  ]

  @Test("there is a partition for each month from the first old day to three months ahead; a day later nothing is due")
  func monthsAhead() async throws {
    try await Self.stage(Self.twoYears) { stage in
      let wanted = try await stage.rows(
        """
        SELECT to_char(m, 'YYYY_MM')
        FROM generate_series(date_trunc('month', now()) - INTERVAL '23 months', now() + INTERVAL '3 months', '1 month') m
        """)
      #expect(try await Self.months(stage) == wanted.map { $0[0] })
      #expect(try await stage.value("SELECT count(*) FROM social.time_series_metrics_default") == "0")
      #expect(try await Self.keepUp(stage) == [:])
    }
  }

  @Test("months that are missing are made, and what fell into the default partition meanwhile moves into them")
  func monthsBehind() async throws {
    try await Self.stage(Self.twoYears) { stage in
      try await stage.run([
        """
        DO $$
        DECLARE ahead TEXT;
        BEGIN
          FOR ahead IN
            SELECT i.inhrelid::regclass FROM pg_inherits i
            WHERE i.inhparent = 'social.time_series_metrics'::regclass
              AND i.inhrelid::regclass::text !~ 'default$'
              AND right(i.inhrelid::regclass::text, 7) > to_char(now(), 'YYYY_MM') LOOP
            EXECUTE 'DROP TABLE ' || ahead;
          END LOOP;
        END $$
        """,
        """
        INSERT INTO social.post_analytics (post_id, stat_day, likes)
        VALUES (1, (now() + INTERVAL '40 days')::date, 1), (1, (now() + INTERVAL '70 days')::date, 1)
        """,
      ])
      #expect(try await stage.value("SELECT count(*) FROM social.time_series_metrics_default") == "2")
      #expect(try await stage.notes()["partitions"]?.state == "behind")
      #expect(try await Self.keepUp(stage) == ["partitions": 3, "moved": 2])
      #expect(try await stage.value("SELECT count(*) FROM social.time_series_metrics_default") == "0")
      #expect(try await stage.notes()["partitions"]?.state == "ahead")
      #expect(try await stage.isEqual())
    }
  }

  @Test("old months are taken out once there are no old tables; they stay as tables, and late numbers follow them")
  func keptMonths() async throws {
    try await Self.stage(Self.twoYears) { stage in
      #expect(try await Self.keepUp(stage, keptMonths: 6) == [:], "while there are old rows all stays comparable")
      try await stage.run(["UPDATE switchyard.migrations SET phase = 'dropped' WHERE name = 'social-posts'"])
      #expect(try await Self.keepUp(stage) == [:], "all are kept unless a setting says otherwise")
      let before = try await Self.months(stage)
      #expect(try await Self.keepUp(stage, keptMonths: 6) == ["archived": 17])
      let after = try await Self.months(stage)
      #expect(after == Array(before.dropFirst(17)))
      #expect(try await stage.value("SELECT count(*) FROM social.time_series_metrics") == "7")
      let archived = try await stage.rows("SELECT table_name FROM social.metric_archives ORDER BY month").map { $0[0] }
      #expect(archived == before.prefix(17).map { "time_series_metrics_\($0!)" })
      #expect(try await stage.value("SELECT count(*) FROM social.\(archived[0]!)") == "1")
      #expect(try await Self.keepUp(stage, keptMonths: 6) == [:])
      try await stage.run([
        """
        INSERT INTO social.time_series_metrics (entity_id, recorded_at, organization_id, entity_type, metrics)
        SELECT 1, (date_trunc('month', now() AT TIME ZONE 'UTC') - INTERVAL '20 months') AT TIME ZONE 'UTC',
          '\(VectorStage.here)', 'post', '{"likes": 8}'::jsonb
        UNION ALL
        SELECT t.entity_id, t.recorded_at, t.organization_id, t.entity_type, '{"saves": 9}'
        FROM social.\(archived[3]!) t
        """
      ])
      _ = try await Self.keepUp(stage, keptMonths: 6)
      #expect(try await stage.value("SELECT count(*) FROM social.time_series_metrics") == "7")
      #expect(
        try await stage.value("SELECT sum(n_live) FROM (SELECT count(*) AS n_live FROM social.\(archived[3]!)) s")
          == "2")
      let late = try await stage.rows("SELECT metrics FROM social.\(archived[3]!) ORDER BY recorded_at").map { $0[0] }
      #expect(late == [#"{"likes": 8}"#, #"{"likes": 7, "saves": 9}"#], "what was there stays")
    }
  }

  @Test("files that no post has are deleted, and roles that are missing are made")
  func leftovers() async throws {
    let posts = (1...2).map {
      """
      INSERT INTO social.posts (id, workspace_id, platform, status, media_urls)
      VALUES (\($0), '\(VectorStage.here)', 'x', 'draft', '["https://a/shared.jpg", "https://a/\($0).jpg"]')
      """
    }
    try await Self.stage(posts) { stage in
      try await stage.run(["DELETE FROM social.posts WHERE id = 2"])
      #expect(try await stage.value("SELECT count(*) FROM social.media_files") == "3")
      #expect(try await Self.keepUp(stage) == ["files": 1])
      let left = try await stage.rows("SELECT url FROM social.media_files ORDER BY url").map { $0[0] }
      #expect(left == ["https://a/1.jpg", "https://a/shared.jpg"])

      try await stage.run(["DELETE FROM social.organization_roles WHERE organization_id = '\(VectorStage.there)'"])
      #expect(try await stage.notes()["tenants' roles"]?.state == "missing")
      _ = try await Self.keepUp(stage)
      #expect(try await stage.notes()["tenants' roles"]?.state == "complete")
    }
  }

  @Test("where the new tables are not, nothing is due, and there is nothing to note")
  func planned() async throws {
    try await onLoop { loop in
      try await VectorStage.with(.installed, isCreated: false, on: loop) { stage in
        let (done, notes) = (try await Self.keepUp(stage), try await stage.notes())
        #expect(done.isEmpty && notes.isEmpty)
      }
    }
  }

  @Test("the size of a partitioned table is that of its partitions")
  func sizes() async throws {
    try await Self.stage(Self.twoYears) { stage in
      let status = try await MigrationStatus.read(stage.migration, stage.pool)
      let series = try #require(status.tables.first { $0.name == "time_series_metrics" })
      let bytes = try await stage.value(
        """
        SELECT sum(pg_total_relation_size(t.relid)) FROM pg_partition_tree('social.time_series_metrics') t
        """)
      #expect(series.rows == 24 && "\(series.bytes)" == bytes && series.bytes > 24 * 8_192)
      #expect(series.indexBytes > 0 && series.indexBytes < series.bytes)
    }
  }
}

extension VectorStage {
  fileprivate func notes() async throws -> [String: MigrationStatus.Note] {
    let status = try await MigrationStatus.read(migration, pool)
    return Dictionary(uniqueKeysWithValues: status.notes.map { ($0.name, $0) })
  }
}
