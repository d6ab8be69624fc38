import Cutover
import EventLoop
import Migration
import Postgres
import SQL
import TestSupport
import Testing

/// Old rows that PostgreSQL does not take although nothing that we know of is wrong with them.
@Suite struct RefusalTests {
  /// Results of two competitors each, written before the new tables exist.
  private static func filled(_ results: Int, on loop: EventLoop) async throws -> (stage: Stage, results: [Int]) {
    let stage = try await Stage.open(on: loop, isCreated: false)
    try await stage.addBrand(1, competitors: ["Globex", "Initech"])
    var ids: [Int] = []
    for _ in 0..<results { ids.append(try await stage.addScored()) }
    return (stage, ids)
  }

  private static func skipped(_ stage: Stage) async throws -> [[String?]] {
    try await stage.rows("SELECT id, key, reason FROM switchyard.skipped_rows ORDER BY id")
  }

  private static func counts(_ stage: Stage) async throws -> [String: Int] {
    var counts: [String: Int] = [:]
    for table in Stage.migration.newTables.map(\.name) { counts[table] = try await stage.count(table) }
    return counts
  }

  @Test("a topic that no index takes: that row, by name; its competitors have no brand row", arguments: [1, 100])
  func longTopic(_ batch: Int) async throws {
    try await onLoop { loop in
      let (stage, results) = try await Self.filled(5, on: loop)
      defer { stage.close() }
      try await stage.run(
        "UPDATE extracted_positions SET topic = \(Stage.longTopic) WHERE collector_result_id = \(results[2]) AND competitor_name IS NULL"
      )
      let rows = try await stage.rows(
        """
        SELECT id, collector_result_id, CASE WHEN competitor_name IS NULL THEN 'refused' ELSE 'no_brand_row' END
        FROM extracted_positions WHERE collector_result_id = \(results[2]) ORDER BY id
        """)
      try await stage.create()
      let report = try await stage.backfill(batch)
      #expect(report.results == 5 && report.skipped == ["refused": 1, "no_brand_row": 2])
      #expect(try await Self.skipped(stage) == rows)
      #expect(report.written == (try await Self.counts(stage)))
      #expect(report.written["metric_facts"] == 4 && report.written["competitor_metrics"] == 8)
    }
  }

  @Test(
    "a constraint that somebody has added: exactly that row is refused, its neighbours are copied",
    arguments: [1, 2, 100], ["immediate", "deferred"])
  func constraint(_ batch: Int, _ kind: String) async throws {
    try await onLoop { loop in
      let (stage, results) = try await Self.filled(5, on: loop)
      defer { stage.close() }
      try await stage.run(
        "UPDATE extracted_positions SET competitor_mentions = 13 WHERE collector_result_id = \(results[3]) AND competitor_name = 'Initech'"
      )
      try await stage.create()
      try await stage.run(
        kind == "immediate"
          ? "ALTER TABLE competitor_metrics ADD CONSTRAINT unlucky CHECK (competitor_mentions <> 13)"
          : """
          CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN
            IF NEW.competitor_mentions = 13 THEN RAISE EXCEPTION ''no'' USING ERRCODE = ''check_violation''; END IF;
            RETURN NULL; END';
          CREATE CONSTRAINT TRIGGER unlucky AFTER INSERT OR UPDATE ON competitor_metrics DEFERRABLE INITIALLY DEFERRED
          FOR EACH ROW EXECUTE FUNCTION refuse()
          """)
      let refused = try await stage.rows(
        "SELECT id, collector_result_id, 'refused' FROM extracted_positions WHERE competitor_mentions = 13")
      let report = try await stage.backfill(batch)
      #expect(report.results == 5 && report.skipped == ["refused": 1] && report.unchanged == 0)
      #expect(try await Self.skipped(stage) == refused)
      #expect(report.written == (try await Self.counts(stage)), "each row is counted once, also of the result at fault")
      #expect(report.written["metric_facts"] == 5 && report.written["competitor_metrics"] == 9)
      #expect(try await stage.verify().equal)

      let again = try await stage.backfill(batch)
      #expect(again.skipped == ["refused": 1] && again.written.values.allSatisfy { $0 == 0 } && again.unchanged == 5)
      #expect(try await Self.skipped(stage) == refused)

      try await stage.run(
        kind == "immediate"
          ? "ALTER TABLE competitor_metrics DROP CONSTRAINT unlucky"
          : "DROP TRIGGER unlucky ON competitor_metrics; DROP FUNCTION refuse()")
      let later = try await stage.backfill(batch)
      #expect(later.skipped.isEmpty && later.unchanged == 4, "it is tried again")
      #expect(later.written["competitor_metrics"] == 1 && later.written["metric_facts"] == 0)
      #expect(try await Self.skipped(stage) == [])
      #expect(try await stage.verify().equal)
    }
  }

  @Test("wherever the rows at fault lie, they cost no neighbour", arguments: [1, 3, 8, 50])
  func anywhere(_ batch: Int) async throws {
    try await onLoop { loop in
      let (stage, results) = try await Self.filled(20, on: loop)
      defer { stage.close() }
      var generator = SystemRandomNumberGenerator()
      let unlucky = Set(results.filter { _ in UInt8.random(in: 0..<4, using: &generator) == 0 }).union([results[0]])
      print("refused: \(unlucky.sorted()) of \(results)")
      let list = unlucky.map(String.init).joined(separator: ", ")
      try await stage.run(
        """
        UPDATE extracted_positions SET competitor_mentions = 13
        WHERE collector_result_id IN (\(list)) AND competitor_name = 'Globex'
        """)
      try await stage.create()
      try await stage.run(
        """
        ALTER TABLE competitor_metrics ADD CONSTRAINT unlucky CHECK (competitor_mentions <> 13);
        ALTER TABLE metric_facts ADD CONSTRAINT last_one CHECK (collector_result_id <> \(results[19]))
        """)
      let report = try await stage.backfill(batch)
      let isLastUnlucky = unlucky.contains(results[19])
      #expect(report.results == 20)
      #expect(report.skipped["refused"] == unlucky.count + (isLastUnlucky ? 0 : 1), "\(unlucky.sorted())")
      #expect(report.written["metric_facts"] == 19)
      #expect(report.written["competitor_metrics"] == 38 - unlucky.count + (isLastUnlucky ? 1 : 0))
      #expect(report.written == (try await Self.counts(stage)))
      #expect(try await stage.phase() == .backfilled)
    }
  }

  @Test("of a result with very many rows none is tried alone: all are skipped, and no other result")
  func manyRows() async throws {
    try await onLoop { loop in
      let (stage, _) = try await Self.filled(2, on: loop)
      defer { stage.close() }
      let crowded = try await stage.addScored(competitors: [])
      try await stage.run(
        """
        INSERT INTO brand_competitors (brand_id, competitor_name)
        SELECT '\(UUIDValue.sample(1))', 'Many ' || n FROM generate_series(1, 250) n;
        INSERT INTO extracted_positions (
          collector_result_id, brand_id, customer_id, query_id, collector_type, brand_name, competitor_name,
          competitor_mentions, processed_at)
        SELECT collector_result_id, brand_id, customer_id, query_id, collector_type, brand_name, 'Many ' || n,
          CASE n WHEN 99 THEN 13 END, processed_at
        FROM extracted_positions, generate_series(1, 250) n
        WHERE collector_result_id = \(crowded) AND competitor_name IS NULL
        """)
      try await stage.create()
      try await stage.run("ALTER TABLE competitor_metrics ADD CONSTRAINT unlucky CHECK (competitor_mentions <> 13)")
      let report = try await stage.backfill()
      #expect(report.results == 3 && report.written["metric_facts"] == 2)
      #expect(report.skipped == ["refused": 1, "no_brand_row": 250], "the brand row, and with it its competitors")
      #expect(report.written == (try await Self.counts(stage)))
      #expect(try await stage.verify().equal)
    }
  }

  @Test("trouble that passes is not taken for a refusal")
  func passing() async throws {
    try await onLoop { loop in
      let (stage, results) = try await Self.filled(3, on: loop)
      defer { stage.close() }
      try await stage.create()
      // Who writes a row that refers to it waits.
      let holder = try await stage.hold(
        "SELECT FROM collector_results WHERE id = \(results[1]) FOR UPDATE", on: loop)
      let hasty = try await Stage.join(stage.settings.with(statementMillisecondsMax: 200), on: loop)
      defer { hasty.close() }
      var report: Backfill.Report?
      var isOver = false
      loop.spawn {
        report = try? await hasty.backfill(1)
        isOver = true
      }
      for waiters in [1, 0, 1, 0, 1] {
        try await eventually("it waits, in vain, and again", on: loop) { try await stage.waiterCount() == waiters }
      }
      try await holder.commit()
      try await eventually("it ends", on: loop) { isOver }
      #expect(report?.written["metric_facts"] == 3 && report?.skipped == [:])
    }
  }
  /// What is not about the row's data, by SQLSTATE.
  private static let faults: [(state: String, cause: String)] = [
    (
      "P0001",
      """
      CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''not on my watch''; END';
      CREATE TRIGGER mine BEFORE INSERT ON metric_facts FOR EACH ROW EXECUTE FUNCTION refuse()
      """
    ),
    ("42P01", "ALTER TABLE competitor_metrics RENAME TO away"),
    (
      "55000",
      """
      CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN RAISE EXCEPTION ''not now'' USING ERRCODE = ''object_not_in_prerequisite_state''; END';
      CREATE TRIGGER mine BEFORE INSERT ON brand_metrics FOR EACH ROW EXECUTE FUNCTION refuse()
      """
    ),
  ]

  @Test("a refusal that is not about the row's data fails the backfill, and no row is marked", arguments: 0..<3)
  func notOfTheData(_ index: Int) async throws {
    let fault = Self.faults[index]
    try await onLoop { loop in
      let (stage, _) = try await Self.filled(5, on: loop)
      defer { stage.close() }
      try await stage.create()
      try await stage.run(fault.cause)
      let error = await failure { try await stage.backfill() } as? DatabaseError
      #expect(error?.state?.description == fault.state)
      #expect(try await Self.skipped(stage) == [])
      #expect(try await stage.phase() == .dualWriting)
      let job = try await stage.rows("SELECT state, error FROM switchyard.jobs ORDER BY id DESC LIMIT 1")[0]
      #expect(job[0] == "failed")
      if fault.state != "42P01" { #expect(job[1]?.contains("not ") == true, "PostgreSQL's own words: \(job)") }
    }
  }
}
