import EventLoop
import Migration
import Postgres
import SQL
import Testing
import TestSupport

/// New rows follow what any program writes to the old tables, in its own transaction.
@Suite(.serialized) struct ContentMirrorTests {
  /// Statements of each kind on a table, so that rows change hands between decisions too.
  private static func writes(to source: ContentSource, _ change: inout ContentChange) -> [String] {
    let table = "content.\(source.table)"
    let columns = source.columns.map(\.old).joined(separator: ", ")
    return [
      change.insert(into: source), change.insert(into: source), change.update(source), change.delete(from: source),
      "INSERT INTO \(table) (decision_id, \(columns)) SELECT decision_id % 9 + 1, \(columns) FROM \(table) LIMIT 5",
      "INSERT INTO \(table) (decision_id) SELECT decision_id FROM \(table) WHERE false",
      "UPDATE \(table) SET decision_id = decision_id % 7 + 1, created_at = '2025-06-30Z' WHERE id % 3 = 0",
      """
      WITH gone AS (DELETE FROM \(table) WHERE decision_id = 3 RETURNING 1)
      UPDATE \(table) SET created_at = '2025-07-01Z' WHERE decision_id = 4 AND id % 2 = 0
      """,
      """
      MERGE INTO \(table) t USING (VALUES (5)) v (key) ON t.decision_id = v.key AND t.id % 2 = 0
      WHEN MATCHED THEN UPDATE SET decision_id = 6
      """,
      "DELETE FROM \(table) WHERE decision_id IN (1, 2)",
    ]
  }

  @Test("every kind of write to each of the nine tables: seen at once by the writer, and rolled back with it")
  func follows() async throws {
    let seed = UInt64.random(in: .min ... .max)
    print("seed \(seed)")
    try await onLoop { loop in
      let stage = try await ContentStage.open(on: loop)
      let program = try await ContentSession.open(stage)
      defer {
        stage.close()
        program.close()
      }
      var change = ContentChange(keys: 9, seed: seed)
      try await stage.runUnseen(change.fill(150))
      try await stage.backfill()
      for source in ContentSource.all {
        let before = try await stage.newLines()
        try await program.begin()
        var seen: Set<Set<String>> = []
        for write in Self.writes(to: source, &change) + ["TRUNCATE content.\(source.table)"] {
          try await program.run(write)
          try await program.expectFollowed("seed \(seed): \(write)")
          seen.insert(try await stage.newLines(in: program.connection))
        }
        #expect(seen.count > 1, "seed \(seed): \(source.table)")
        #expect(try await program.queued() == [:])
        #expect(try await stage.newLines() == before, "nobody else sees it")
        try await program.rollBack()
        #expect(try await stage.newLines() == before)
        for write in Self.writes(to: source, &change) { try await stage.run(write) }
        try await expect(stage.newLines(), are: stage.model().lines, "seed \(seed): \(source.table)")
      }
      #expect(try await stage.queued() == [:])
      #expect(try await stage.skippedRows() == stage.model().skipped)
      try await stage.run("TRUNCATE \(ContentSource.all.map { "content.\($0.table)" }.joined(separator: ", "))")
      #expect(try await stage.newLines() == [])
      #expect(try await stage.skippedRows() == [:])
      #expect(try await stage.queued() == [:])
    }
  }

  @Test("COPY is followed too")
  func followsCopy() async throws {
    try await onLoop { loop in
      let stage = try await ContentStage.open(on: loop)
      defer { stage.close() }
      let posted = "2025-06-15 12:00:00+00"
      for (target, rows) in [
        ("content_metadata (decision_id, content, status)", [["1", "x", "posted"], ["2", "y", "nope"]]),
        ("tweets (decision_id, tweet_id, posted_at)", [["1", "t1", posted], ["2", "t2", posted]]),
        ("outcomes (decision_id, likes, collected_at)", [["1", "3", posted], ["2", "4", posted]]),
      ] {
        try await World.copy("content.\(target)", rows, into: stage.pool)
        try await expect(stage.newLines(), are: stage.model().lines)
      }
      #expect(try await stage.model().lines.count == 3)
      #expect(try await stage.queued() == [:])
    }
  }

  @Test("who may write the table may do so: any role, any search path")
  func followsAnybody() async throws {
    try await onLoop { loop in
      let stage = try await ContentStage.open(on: loop)
      let program = try await ContentSession.open(stage)
      defer {
        stage.close()
        program.close()
      }
      let role = "writer_\(UInt64.random(in: .min ... .max))"
      try await stage.run(
        "CREATE ROLE \(role)", "GRANT USAGE ON SCHEMA content TO \(role)",
        "GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA content TO \(role)",
        "GRANT USAGE ON ALL SEQUENCES IN SCHEMA content TO \(role)",
        """
        REVOKE ALL ON content.content_queue, content.posted_content, content.engagement_metrics,
          content.content_disagreements FROM \(role)
        """)
      let writes = [
        "INSERT INTO content.content_metadata (decision_id, content, status) VALUES (1, 'x', 'posted')",
        "INSERT INTO content.posts (decision_id, post_id, published_at) VALUES (1, 't', '2025-06-15 12:00Z')",
        "INSERT INTO content.tweet_analytics (decision_id, likes, captured_at) VALUES (1, 7, '2025-06-15 13:00Z')",
        "UPDATE content.posts SET topic = 'x'", "DELETE FROM content.tweet_analytics", "TRUNCATE content.posts",
      ]
      for setting in [
        "SET LOCAL ROLE \(role)", "SET LOCAL search_path = ''", "SET LOCAL search_path = 'pg_temp', 'switchyard'",
      ] {
        try await program.begin()
        try await program.run("CREATE TEMP TABLE posts (decision_id BIGINT) ON COMMIT DROP")
        try await program.run(setting)
        for (number, write) in writes.enumerated() {
          try await program.run(write)
          if number == 2 {
            try await program.run("SAVEPOINT look")
            try await program.run("RESET ROLE")
            #expect(try await stage.newLines(in: program.connection).count == 3, "\(setting)")
            try await program.run("ROLLBACK TO look")
          }
        }
        try await program.run("RESET ROLE")
        try await program.expectFollowed("\(setting)")
        #expect(try await program.queued() == [:], "\(setting)")
        try await program.rollBack()
      }
      // Our own writers bring the new rows themselves.
      try await program.begin()
      try await program.run("SET LOCAL switchyard.is_restoring = 'on'")
      try await program.run(writes[0])
      #expect(try await program.queued() == [:])
      #expect(try await stage.newLines(in: program.connection) == [])
      try await program.rollBack()
    }
  }

  @Test("the clock that watches who reads the old tables counts no read of the triggers")
  func readsForMaintenance() async throws {
    try await onLoop { loop in
      let filler = try await ContentStage.open(on: loop)
      let settings = filler.settings
      var change = ContentChange(keys: 9, seed: 5)
      try await filler.runUnseen(change.fill(60))
      try await filler.backfill()
      filler.close()
      let stage = ContentStage.join(settings, on: loop, connections: 1)
      defer { stage.close() }
      try await stage.waitUntilAlone()
      try await stage.sampleUsage()
      try await stage.run("UPDATE switchyard.usage_clocks SET unread_since = now() - interval '31 days'")
      let inserts = ContentSource.all.map { change.insert(into: $0) }
      try await stage.elsewhere { for insert in inserts { try await $0.run(insert) } }
      let scans = try await stage.value("SELECT sum(scans) FROM switchyard.own_scans")
      #expect(Int(scans ?? "") ?? 0 > 9)
      try await stage.sampleUsage()
      #expect(try await stage.unreadDays() == 31)
      try await stage.elsewhere { try await $0.run("SELECT count(*) FROM content.tweet_analytics") }
      try await stage.sampleUsage()
      #expect(try await stage.unreadDays() == 0)
    }
  }
}
