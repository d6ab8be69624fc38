import Cutover
import EventLoop
import Migration
import SQL
import Testing
import TestSupport

/// The old tables' names once they are archived: views that old SQL reads and writes.
@Suite(.serialized) struct ContentViewTests {
  private static let moments = ["0", "1", "24", "25", "168", "200"].map {
    "'2025-06-15 12:00Z'::timestamptz + interval '\($0) hours'"
  }
  private static let required: Set = ["content", "status", "tweet_id", "posted_at"]

  /// Complete rows, parents first; the sources of one new row in any order, some of them twice.
  private static func inserts(_ change: inout ContentChange) -> [String] {
    var inserts: [String] = []
    func insert(_ source: ContentSource, _ decision: Int, _ moment: String?) {
      var values = [
        "decision_id": "\(decision)", "created_at": "'2025-01-01Z'::timestamptz + interval '\(inserts.count) s'",
      ]
      for (new, old) in source.columns {
        repeat {
          values[old] = new == "collected_at" ? moment! : change.value(of: old, in: source)
        } while required.contains(new) && values[old] == "NULL"
      }
      let columns = values.keys.sorted()
      inserts.append(
        """
        INSERT INTO content.\(source.table) (\(columns.joined(separator: ", ")))
        VALUES (\(columns.map { values[$0]! }.joined(separator: ", ")))
        """)
    }
    for decision in 1...change.decisions {
      for part in ContentSource.Part.allCases {
        let sources = ContentSource.all.filter { $0.part == part }
        let moments: [String?] =
          part == .metrics ? Array(Self.moments.shuffled(using: &change.random).prefix(2)) : [nil]
        for moment in moments {
          var used = Array(
            sources.shuffled(using: &change.random).prefix(change.random.within(1...sources.count)))
          if change.random.chance(3) { used.append(change.random.pick(used)) }
          for source in used { insert(source, decision, moment) }
        }
      }
    }
    return inserts
  }

  @Test(
    "complete rows that are inserted through the views give what a copy of old rows gives, whichever source is first")
  func insertsLikeACopy() async throws {
    let seed = UInt64.random(in: .min ... .max)
    print("seed \(seed)")
    try await onLoop { loop in
      let stage = try await ContentStage.open(on: loop)
      defer { stage.close() }
      var change = ContentChange(keys: 15, seed: seed, isSound: true)
      let inserts = Self.inserts(&change)
      try await stage.runUnseen(inserts)
      let model = try await stage.model()
      #expect(model.skipped.values.allSatisfy { $0.reason == "older_duplicate" }, "seed \(seed)")
      #expect(model.rows.count > 50)
      try await stage.runUnseen(ContentSource.all.map { "TRUNCATE content.\($0.table)" })
      try await stage.backfill()
      try await stage.job(.archive, isForcing: true)
      for insert in inserts { try await stage.run(insert) }
      try await expect(stage.newLines(), are: model.lines, "seed \(seed)")
    }
  }

  /// The relation's columns, their types and defaults, and who may do what with it; ids of a view are made up.
  private static let shape = """
    SELECT c.oid::regclass::text, string_agg(
      concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod), a.attacl::text,
        CASE WHEN a.attname <> 'id' THEN pg_get_expr(d.adbin, d.adrelid) END), ', ' ORDER BY a.attnum),
      (SELECT string_agg(concat_ws(' ', p.grantee, p.privilege_type, p.is_grantable), ',' ORDER BY p.grantee, p.privilege_type)
       FROM aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) p)
    FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.oid IN (\(ContentSource.all.map { "'content.\($0.table)'::regclass" }.joined(separator: ", ")))
    GROUP BY c.oid ORDER BY 1
    """

  @Test("each view has its table's columns, defaults and privileges; who may write the table may write the view alone")
  func hasTheShapeOfTheTable() async throws {
    try await onLoop { loop in
      let stage = try await ContentStage.open(on: loop)
      try await stage.backfill()
      let program = try await ContentSession.open(stage)
      defer {
        stage.close()
        program.close()
      }
      let name = "role_\(UInt64.random(in: .min ... .max))"
      let (reader, writer, peeper) = ("\(name)_reader", "\(name)_writer", "\(name)_peeper")
      try await stage.run([
        "CREATE ROLE \(reader)", "CREATE ROLE \(writer)", "CREATE ROLE \(peeper)",
        "GRANT USAGE ON SCHEMA content TO \(reader), \(writer), \(peeper)",
        "GRANT SELECT ON ALL TABLES IN SCHEMA content TO \(reader)",
        "REVOKE ALL ON content.content_queue, content.posted_content, content.engagement_metrics FROM \(reader)",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON content.content_metadata, content.tweets TO \(writer) WITH GRANT OPTION",
        "GRANT SELECT (decision_id, body), UPDATE (body) ON content.posts TO \(peeper)",
        "ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO PUBLIC",
      ])
      let before = try await stage.rows(Self.shape)
      try await stage.job(.archive, isForcing: true)
      #expect(try await stage.rows(Self.shape) == before)
      let write = "INSERT INTO content.content_metadata (decision_id, content, status) VALUES (1, 'x', 'posted')"
      let tweet = "INSERT INTO content.tweets (decision_id, tweet_id, posted_at) VALUES (1, 't', now())"
      for (role, statement, isAllowed) in [
        (writer, write, true), (writer, tweet, true), (reader, "SELECT count(*) FROM content.posts", true),
        (reader, write, false), (peeper, "UPDATE content.posts SET body = 'b' WHERE decision_id = 1", true),
        (peeper, "UPDATE content.posts SET topic = 'b' WHERE decision_id = 1", false),
        (writer, "SELECT count(*) FROM content.content_queue", false),
        (writer, "SELECT content.content_compatibility_put('content_queue', 1, NULL, 'tweets', '{}', false)", false),
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
      #expect(try await stage.value("SELECT content FROM content.posted_content") == "b")
      try await stage.job(.restore, isForcing: true)
      #expect(try await stage.rows(Self.shape) == before)
    }
  }

  @Test("what the mapping would skip is an error, and nothing has changed then")
  func refusesWhatIsSkipped() async throws {
    try await onLoop { loop in
      let stage = try await ContentStage.open(on: loop)
      defer { stage.close() }
      try await stage.backfill()
      try await stage.job(.archive, isForcing: true)
      try await stage.run(
        "INSERT INTO content.content_metadata (decision_id, content, status) VALUES (1, 'x', 'posted'), (2, 'y', 'draft')",
        "INSERT INTO content.posts (decision_id, post_id, published_at) VALUES (1, 't', '2025-06-15Z')",
        "INSERT INTO content.outcomes (decision_id, likes, collected_at) VALUES (1, 5, '2025-06-16Z')")
      let before = try await stage.newLines()
      #expect(before.count == 4)
      let moment = "'2025-06-17Z'"
      for (write, state) in [
        ("INSERT INTO content.content_metadata (decision_id, content, status) VALUES (3, 'x', 'nope')", "23514"),
        ("INSERT INTO content.content_metadata (decision_id, content) VALUES (3, 'x')", "23502"),
        ("INSERT INTO content.content_metadata (decision_id, status) VALUES (3, 'draft')", "23502"),
        ("INSERT INTO content.tweets (decision_id, tweet_id) VALUES (2, 't')", "23502"),
        ("INSERT INTO content.tweets (decision_id, posted_at) VALUES (2, now())", "23502"),
        ("INSERT INTO content.tweets (decision_id, tweet_id, posted_at) VALUES (2, 't', 'infinity')", "23514"),
        ("INSERT INTO content.tweets (decision_id, tweet_id, posted_at) VALUES (9, 't', now())", "23503"),
        ("INSERT INTO content.outcomes (decision_id, collected_at) VALUES (2, \(moment))", "23502"),
        ("INSERT INTO content.outcomes (decision_id, likes, collected_at) VALUES (1, -1, \(moment))", "23514"),
        (
          "INSERT INTO content.outcomes (decision_id, collected_pass, collected_at) VALUES (1, 'x', \(moment))", "23514"
        ),
        ("INSERT INTO content.outcomes (decision_id, engagement_rate) VALUES (1, 'NaN')", "23514"),
        ("INSERT INTO content.outcomes (decision_id, engagement_rate) VALUES (1, 999.99995)", "23514"),
        ("INSERT INTO content.tweet_metrics (decision_id, captured_at) VALUES (1, NULL)", "23502"),
        ("INSERT INTO content.tweet_metrics (decision_id) VALUES (NULL)", "23502"),
        ("UPDATE content.content_metadata SET status = 'nope'", "23514"),
        ("UPDATE content.content_metadata SET content = NULL", "23502"),
        ("UPDATE content.posts SET post_id = NULL", "23502"), ("TRUNCATE content.posts", "42809"),
      ] {
        do {
          try await stage.run(write)
          Issue.record("\(write): taken")
        } catch let error as DatabaseError {
          #expect(error.state?.description == state, "\(write): \(error)")
        }
        #expect(try await stage.newLines() == before, "\(write)")
      }
    }
  }
}
