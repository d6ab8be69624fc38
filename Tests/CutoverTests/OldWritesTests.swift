import Cutover
import EventLoop
import Migration
import Postgres
import SQL
import ScoreNow
import TestSupport
import Testing

/// Whatever any program writes to the old table is in the new tables when it commits, or in the repair queue.
@Suite struct OldWritesTests {
  /// Nine results that were scored and copied; on a partitioned table where a test says so.
  private static func copied(on loop: EventLoop, isPartitioned: Bool = false) async throws -> Stage {
    let stage = try await Stage.open(on: loop, isCreated: false)
    if isPartitioned {
      try await stage.run(
        """
        CREATE TABLE public.parted (LIKE extracted_positions INCLUDING DEFAULTS) PARTITION BY HASH (collector_result_id);
        CREATE TABLE public.part_0 PARTITION OF public.parted FOR VALUES WITH (MODULUS 2, REMAINDER 0);
        CREATE TABLE public.part_1 PARTITION OF public.parted FOR VALUES WITH (MODULUS 2, REMAINDER 1);
        ALTER SEQUENCE extracted_positions_id_seq OWNED BY public.parted.id;
        DROP TABLE extracted_positions;
        ALTER TABLE public.parted RENAME TO extracted_positions;
        CREATE INDEX ON extracted_positions (collector_result_id);
        """)
    }
    try await stage.addMentions(of: 1, count: 9)
    try await stage.score(1)
    try await stage.create()
    try await stage.backfill()
    return stage
  }

  private static let columns = """
    collector_result_id, brand_id, customer_id, query_id, collector_type, brand_name, competitor_name, visibility_index
    """

  /// `$last` is the highest key; each leaves other old rows than there were.
  private static let writes = [
    "INSERT INTO extracted_positions (\(columns)) SELECT \(columns) FROM extracted_positions WHERE collector_result_id = $last",
    "UPDATE extracted_positions SET visibility_index = 12.34 WHERE competitor_name IS NULL",
    "UPDATE extracted_positions SET collector_result_id = $last WHERE collector_result_id = $last - 1",
    "DELETE FROM extracted_positions WHERE collector_result_id = $last - 2",
    """
    WITH gone AS (DELETE FROM extracted_positions WHERE collector_result_id = $last - 3 RETURNING 1)
    UPDATE extracted_positions SET topic = 'other' WHERE collector_result_id = $last - 4
    """,
    """
    MERGE INTO extracted_positions e USING (VALUES ($last)) v (id) ON e.collector_result_id = v.id
    WHEN MATCHED AND e.competitor_name IS NULL THEN UPDATE SET visibility_index = 99
    WHEN MATCHED THEN DELETE
    """,
    "SET LOCAL search_path = ''; DELETE FROM public.extracted_positions WHERE collector_result_id = $last",
    """
    SAVEPOINT a; UPDATE extracted_positions SET topic = 'a'; ROLLBACK TO a;
    UPDATE extracted_positions SET topic = 'b' WHERE collector_result_id = $last; RELEASE a
    """,
    """
    DELETE FROM extracted_positions WHERE competitor_name = 'Globex';
    UPDATE extracted_positions SET visibility_index_competitor = 3 WHERE competitor_name = 'Initech'
    """,
    "SET CONSTRAINTS ALL IMMEDIATE; UPDATE extracted_positions SET visibility_index = 1; DELETE FROM extracted_positions WHERE collector_result_id = $last",
    "TRUNCATE extracted_positions",
  ]

  @Test("every kind of write is copied in the writer's own transaction", arguments: 0..<writes.count, [false, true])
  func followed(_ number: Int, _ isPartitioned: Bool) async throws {
    try await onLoop { loop in
      let stage = try await Self.copied(on: loop, isPartitioned: isPartitioned)
      defer { stage.close() }
      let last = try await stage.value("SELECT max(id) FROM collector_results")!
      let before = try await stage.value(Self.newRows)
      try await stage.run("BEGIN; \(Self.writes[number].replacing("$last", with: last)); COMMIT")
      #expect(try await stage.count("switchyard.repair_queue") == 0)
      #expect(try await stage.value(Self.newRows) != before, "it shows")
      #expect(try await stage.rows(StarOracle.differences()) == [])
    }
  }

  private static let newRows = """
    SELECT md5(string_agg(r, ',' ORDER BY r)) FROM (
      SELECT f::text FROM metric_facts f UNION ALL SELECT m::text FROM brand_metrics m
      UNION ALL SELECT c::text FROM competitor_metrics c) t (r)
    """

  @Test("writes that name a partition are followed as those that name the table")
  func partitions() async throws {
    try await onLoop { loop in
      let stage = try await Self.copied(on: loop, isPartitioned: true)
      defer { stage.close() }
      for write in [
        "UPDATE part_0 SET visibility_index = 5", "DELETE FROM part_1 WHERE competitor_name IS NOT NULL",
        "INSERT INTO part_0 (\(Self.columns)) SELECT \(Self.columns) FROM part_0", "TRUNCATE part_1",
      ] {
        try await stage.run(write)
        #expect(try await stage.count("switchyard.repair_queue") == 0, "\(write)")
        #expect(try await stage.rows(StarOracle.differences()) == [], "\(write)")
      }
    }
  }

  @Test("writes to a table that inherits from the old one are followed; one that comes later stops the step")
  func inheritance() async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop, isCreated: false)
      defer { stage.close() }
      try await stage.run("CREATE TABLE public.child () INHERITS (extracted_positions)")
      try await stage.addMentions(of: 1, count: 4)
      try await stage.score(1)
      try await stage.create()
      try await stage.backfill()
      let copy = "INSERT INTO child (\(Self.columns)) SELECT \(Self.columns) FROM ONLY extracted_positions"
      for write in [copy, "UPDATE child SET visibility_index = 6", "DELETE FROM child WHERE competitor_name IS NULL"] {
        try await stage.run(write)
        #expect(try await stage.count("switchyard.repair_queue") == 0, "\(write)")
        #expect(try await stage.rows(StarOracle.differences()) == [], "\(write)")
      }
      try await stage.run("CREATE TABLE public.late () INHERITS (extracted_positions)")
      #expect(try await stage.phases.evidence(in: stage.pool).triggersMissing == "late")
      try await stage.create()
      #expect(try await stage.phases.evidence(in: stage.pool).triggersMissing == nil)
    }
  }

  @Test("what replication applies, where foreign keys do not fire, is left to the repair")
  func replication() async throws {
    try await onLoop { loop in
      let stage = try await Self.copied(on: loop)
      defer { stage.close() }
      for write in [
        "UPDATE extracted_positions SET topic = 'applied'",
        "DELETE FROM extracted_positions WHERE collector_result_id = 1",
      ] {
        try await stage.run("BEGIN; SET LOCAL session_replication_role = replica; \(write); COMMIT")
        #expect(try await stage.count("switchyard.repair_queue WHERE reason = 'written by replication'") > 0)
        try await stage.repair.drain()
        #expect(try await stage.count("switchyard.repair_queue") == 0)
        #expect(try await stage.rows(StarOracle.differences()) == [])
        let facts = try await stage.count("metric_facts")
        #expect(try await stage.count("brand_metrics") == facts, "nothing is left of what is gone")
      }
    }
  }

  @Test(
    "a transaction with a snapshot of its own is left to the repair", arguments: ["REPEATABLE READ", "SERIALIZABLE"])
  func ownSnapshot(_ isolation: String) async throws {
    try await onLoop { loop in
      let stage = try await Self.copied(on: loop)
      defer { stage.close() }
      try await stage.run(
        "BEGIN ISOLATION LEVEL \(isolation); UPDATE extracted_positions SET visibility_index = 7; COMMIT")
      #expect(try await stage.value("SELECT count(DISTINCT key) FROM switchyard.repair_queue") == "9")
      #expect(try await stage.choices(of: 1) == ["old fallback"])
      #expect(try await stage.repair.drain() == 9)
      #expect(try await stage.rows(StarOracle.differences()) == [])
    }
  }

  @Test("a role that makes every transaction repeatable read doubles no result")
  func roleSetting() async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop)
      defer { stage.close() }
      try await stage.run(
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_isolation = ''repeatable read''', current_database()); END $$"
      )
      try await stage.addMentions(of: 1, count: 60)
      let reports = try await atOnce(4, on: stage.settings) { try await $0.score(1) }
      #expect(reports.reduce(0) { $0 + $1.processed } == 60)
      #expect(try await stage.count("extracted_positions WHERE competitor_name IS NULL") == 60)
      try await stage.repair.drain()
      #expect(try await stage.rows(StarOracle.differences()) == [])
    }
  }

  @Test("a transaction that stays open after it has written holds up no other writer of the same result, and no step")
  func openTransaction() async throws {
    try await onLoop { loop in
      let stage = try await Self.copied(on: loop)
      defer { stage.close() }
      let writer = try await Connection.open(stage.settings, on: loop)
      _ = try await writer.query(Statement("BEGIN"))
      _ = try await writer.query(Statement("DELETE FROM extracted_positions WHERE competitor_name = 'Globex'"))
      let hasty = try await Stage.join(stage.settings.with(statementMillisecondsMax: 2_000), on: loop)
      defer { hasty.close() }
      try await hasty.run("UPDATE extracted_positions SET visibility_index = 8 WHERE competitor_name IS NULL")
      #expect(try await stage.count("switchyard.repair_queue") == 0, "it is copied, not queued")
      try await hasty.setDualWrite(on: false)
      try await hasty.setDualWrite(on: true)
      #expect(try await hasty.verify().equal)
      try await writer.commit()
      #expect(try await stage.rows(StarOracle.differences()) == [])
    }
  }
}
