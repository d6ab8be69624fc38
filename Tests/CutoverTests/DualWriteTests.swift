import Cutover
import EventLoop
import Postgres
import SQL
import TestSupport
import Testing

@testable import ScoreNow

/// Dual write switched off, and a new side that cannot be written.
@Suite struct DualWriteTests {
  @Test("off: results enter the queue and stay, reads of that brand fall back; on: they are repaired")
  func switchedOff() async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop)
      defer { stage.close() }
      try await stage.addMentions(of: 1, count: 3)
      try await stage.addMentions(of: 2, count: 1)
      try await stage.score(2)
      try await stage.setDualWrite(on: false)
      var expected = ScoreNowTests.report(processed: 3, rowsEach: 3)
      expected.factsWritten = 0
      #expect(try await stage.score(1) == expected, "nothing has failed")
      #expect(try await stage.count("extracted_positions WHERE brand_id = '\(UUIDValue.sample(1))'") == 9)
      #expect(try await stage.count("metric_facts WHERE brand_id = '\(UUIDValue.sample(1))'") == 0)
      for _ in 0..<3 {
        #expect(try await stage.repair.drain() == 0)
        #expect(try await stage.count("switchyard.repair_queue") == 3)
        #expect(try await stage.violations() == [])
      }
      #expect(try await stage.choices(of: 1) == ["old fallback"])
      #expect(try await stage.choices(of: 2) == ["new override"], "another brand is not concerned")
      try await stage.setDualWrite(on: true)
      #expect(try await stage.choices(of: 1) == ["old fallback"], "not yet repaired")
      #expect(try await stage.repair.drain() == 3)
      #expect(try await stage.count("switchyard.repair_queue") == 0)
      #expect(try await stage.violations() == [])
      #expect(try await stage.choices(of: 1) == ["new override"])
      #expect(try await stage.unequalServices(of: 1) == [])
    }
  }

  struct Trouble: Sendable {
    let label: String
    let cause: String
    let remedy: String
  }

  static let troubles =
    ["metric_facts", "brand_metrics", "competitor_metrics", "brand_sentiment", "competitor_sentiment"].flatMap {
      table in
      [
        Trouble(
          label: "\(table) is away", cause: "ALTER TABLE \(table) RENAME TO away",
          remedy: "ALTER TABLE away RENAME TO \(table)"),
        Trouble(
          label: "\(table) refuses every row",
          cause: "ALTER TABLE \(table) ADD CONSTRAINT never CHECK (false) NOT VALID",
          remedy: "ALTER TABLE \(table) DROP CONSTRAINT never"),
        Trouble(
          label: "\(table) refuses rows when the transaction commits",
          cause: """
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no''; RETURN NULL; END';
            CREATE CONSTRAINT TRIGGER late AFTER INSERT ON \(table) DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION refuse()
            """,
          remedy: "DROP TRIGGER late ON \(table); DROP FUNCTION refuse()"),
      ]
    } + [
      Trouble(
        label: "the stamps of the view cannot be written",
        cause: "ALTER TABLE switchyard.brand_daily_dirty_cells RENAME TO away",
        remedy: "ALTER TABLE switchyard.away RENAME TO brand_daily_dirty_cells")
    ]

  @Test("a new side that fails costs the old rows nothing, and is repaired when the cause is gone", arguments: troubles)
  func newSideFails(_ trouble: Trouble) async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop)
      defer { stage.close() }
      try await stage.addMentions(of: 1, count: 2)
      try await stage.run(trouble.cause)
      var expected = ScoreNowTests.report(processed: 2, rowsEach: 3)
      expected.factsWritten = 0
      expected.newSchemaErrors = 2
      #expect(try await stage.score(1) == expected)
      #expect(try await stage.count("extracted_positions") == 6)
      #expect(
        try await stage.count(
          """
          switchyard.repair_queue q JOIN extracted_positions e ON e.collector_result_id = q.key AND e.processed_at = q.queued_at
          WHERE e.competitor_name IS NULL AND q.subject = e.brand_id::text AND q.reason <> 'not copied yet'
          """) == 2, "each in the transaction of its old rows: both are of its beginning")
      #expect(try await stage.repair.drain() == 0)
      #expect(try await stage.count("switchyard.repair_queue WHERE attempts = 1 AND next_attempt_at > now()") == 2)
      #expect(try await stage.choices(of: 1) == ["old fallback"])
      try await stage.run(trouble.remedy)
      try await eventually("the queue is empty", on: loop) {
        try await stage.repair.drain()
        return try await stage.count("switchyard.repair_queue") == 0
      }
      #expect(try await stage.violations() == [])
      #expect(try await stage.unequalServices(of: 1) == [])
      #expect(try await stage.score(1) == ScoreNow.Report())
    }
  }

  @Test("a new table that somebody keeps locked costs the old rows nothing but the statement's time limit")
  func newSideLocked() async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop)
      defer { stage.close() }
      try await stage.addMentions(of: 1, count: 2)
      let holder = try await stage.hold("LOCK TABLE competitor_metrics IN ACCESS EXCLUSIVE MODE", on: loop)
      let hasty = try await Stage.join(stage.settings.with(statementMillisecondsMax: 300), on: loop)
      defer { hasty.close() }
      let report = try await hasty.score(1)
      #expect(report.newSchemaErrors == 2 && report.oldRowsWritten == 6 && report.factsWritten == 0)
      #expect(try await stage.count("extracted_positions") == 6)
      #expect(try await stage.count("switchyard.repair_queue") == 2)
      try await holder.commit()
      #expect(try await stage.repair.drain() == 2)
      #expect(try await stage.violations() == [])
      #expect(try await stage.unequalServices(of: 1) == [])
    }
  }
}
