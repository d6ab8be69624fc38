import Cutover
import EventLoop
import SQL
import TestSupport
import Testing

/// Rows that PostgreSQL refuses although nothing that the mapping knows of is wrong with them.
@Suite struct RefusedRowsTests {
  /// 9 results, scored before the new tables were there, and a constraint that refuses Globex in the fifth.
  private static func scored(on loop: EventLoop) async throws -> Stage {
    let stage = try await Stage.open(on: loop, isCreated: false)
    try await stage.addMentions(of: 1, count: 9)
    try await stage.score(1)
    try await stage.create()
    try await stage.run(
      """
      UPDATE extracted_positions SET competitor_mentions = 13
      WHERE competitor_name = 'Globex'
        AND collector_result_id = (SELECT id FROM collector_results ORDER BY id OFFSET 4 LIMIT 1);
      ALTER TABLE competitor_metrics ADD CONSTRAINT unlucky CHECK (competitor_mentions <> 13)
      """)
    return stage
  }

  @Test("the row alone is skipped, and the report counts all that was written", arguments: [1, 4, 9])
  func backfill(_ batch: Int) async throws {
    try await onLoop { loop in
      let stage = try await Self.scored(on: loop)
      defer { stage.close() }
      let report = try await stage.backfill(batch)
      #expect(report.skipped == ["refused": 1])
      #expect(report.results == 9 && report.unchanged == 0)
      let written = [
        "metric_facts": 9, "brand_metrics": 9, "brand_sentiment": 9, "competitor_metrics": 17,
        "competitor_sentiment": 8,
      ]
      #expect(report.written == written)
      for (table, count) in written { #expect(try await stage.count(table) == count, "\(table)") }
    }
  }

  @Test("a result with a row that a backfill found refused does not stay in the repair queue")
  func repair() async throws {
    try await onLoop { loop in
      let stage = try await Self.scored(on: loop)
      defer { stage.close() }
      try await stage.backfill()
      try await stage.run(
        """
        UPDATE extracted_positions SET visibility_index = 12 WHERE competitor_name IS NULL;
        INSERT INTO switchyard.repair_queue (migration, key, subject, reason)
        SELECT 'brand-metrics', id, brand_id::text, 'plain SQL' FROM collector_results
        ON CONFLICT DO NOTHING
        """)
      #expect(try await stage.repair.drain() == 9)
      #expect(try await stage.count("switchyard.repair_queue") == 0)
      #expect(try await stage.count("brand_metrics WHERE visibility_index = 12") == 9)
      #expect(try await stage.count("switchyard.skipped_rows WHERE reason = 'refused'") == 1)
    }
  }

  @Test(
    "what PostgreSQL refuses only since the backfill waits in the queue, with the reason, until one judges it again")
  func refusedLater() async throws {
    try await onLoop { loop in
      let stage = try await Self.scored(on: loop)
      defer { stage.close() }
      try await stage.backfill()
      for (share, repaired) in [("9999.5", 0), ("5", 8)] {
        try await stage.run(
          """
          UPDATE extracted_positions SET share_of_answers_competitor = \(share) WHERE competitor_mentions = 13;
          INSERT INTO switchyard.repair_queue (migration, key, subject, reason)
          SELECT 'brand-metrics', id, brand_id::text, 'plain SQL' FROM collector_results
          ON CONFLICT DO NOTHING
          """)
        #expect(try await stage.repair.drain() == repaired)
      }
      let left = try await stage.rows("SELECT reason, attempts FROM switchyard.repair_queue")
      #expect(
        left == [["copy_results: PostgreSQL refused it with SQLSTATE 23514 (competitor_metrics unlucky)", "1"]])
      #expect(try await stage.backfill().skipped == ["refused": 1])
      try await stage.run("UPDATE switchyard.repair_queue SET next_attempt_at = now()")
      #expect(try await stage.repair.drain() == 1)
      #expect(try await stage.count("switchyard.repair_queue") == 0)
    }
  }

  @Test("a row that PostgreSQL takes again comes with the next repair of its result")
  func takenAgain() async throws {
    try await onLoop { loop in
      let stage = try await Self.scored(on: loop)
      defer { stage.close() }
      try await stage.backfill()
      try await stage.run(
        """
        ALTER TABLE competitor_metrics DROP CONSTRAINT unlucky;
        INSERT INTO switchyard.repair_queue (migration, key, subject, reason)
        SELECT 'brand-metrics', id, brand_id::text, 'plain SQL' FROM collector_results
        ON CONFLICT DO NOTHING
        """)
      #expect(try await stage.repair.drain() == 9)
      #expect(try await stage.count("competitor_metrics") == 18)
      #expect(try await stage.count("switchyard.skipped_rows") == 0)
      #expect(try await stage.violations() == [])
    }
  }
}
