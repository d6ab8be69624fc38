import Cutover
import EventLoop
import Migration
import SQL
import Synchronization
import Testing
import TestSupport

@Suite(.serialized) struct SocialDefectTests {
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
      try await stage.runUnseen(SocialDefect.sample)
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
      #expect(Set(SocialDefect.changed.map { [$0.table, $0.column!] }) == Set(columns.map { $0.map { $0! } }))
      let group = SocialDefect.changed + SocialDefect.missing
      func values() async throws -> [String?] {
        var values: [String?] = []
        for defect in group {
          let row =
            defect.column.map { "to_jsonb(n) -> '\($0)'" } ?? "to_jsonb(n) - '{happens_at,norm,levels,rest}'::text[]"
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
      try await stage.runUnseen(SocialDefect.sample)
      try await stage.backfill()
      let lines = try await stage.newLines()
      let files = "social.media_files"
      // Its id is a hash of its organization and its address, and its kind follows from that.
      for change in [
        "id = gen_random_uuid()", "kind = 'video'", "url = 'x'", "organization_id = '\(SocialDefect.two)'",
      ] {
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
        FROM (VALUES ('\(SocialDefect.one)')) v (o)
        """)
      let report = try await stage.verify()
      #expect(report.equal)
      // Where no constraint holds, it is found, and mended.
      try await stage.run(
        "DO $$ DECLARE c NAME; BEGIN FOR c IN SELECT conname FROM pg_constraint WHERE conrelid = '\(files)'::regclass "
          + "AND contype = 'c' LOOP EXECUTE format('ALTER TABLE \(files) DROP CONSTRAINT %I', c); END LOOP; END $$")
      for (change, url) in [
        ("url = 'spoilt'", "http://c/a.jpg"), ("kind = 'video'", "http://c/b"),
        ("organization_id = '\(SocialDefect.two)'", "http://c/other"),
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
