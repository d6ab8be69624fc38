import Cutover
import EventLoop
import Migration
import Postgres
import QueryAdapter
import Rollout
import SQL
import TestSupport
import Testing

/// Old writes are stopped only where nothing can be lost, and then for everybody.
@Suite struct StopOldWritesTests {
  /// Verified, and every service reads new.
  private static func ready(on loop: EventLoop) async throws -> Stage {
    let stage = try await Stage.open(on: loop, isCreated: false)
    try await stage.addMentions(of: 1, count: 6)
    try await stage.score(1)
    try await stage.create()
    try await stage.backfill()
    #expect(try await stage.verify().equal)
    try await stage.readNew()
    return stage
  }

  /// - Returns: why it was refused; nil: it was taken.
  private static func stop(_ stage: Stage, accepting skipped: Int? = nil, isForcing: Bool = false) async -> String? {
    var options = Job.Options()
    options.accept_skipped = skipped
    if isForcing { options.force = true }
    let actor = Phases.Actor("test", reason: "test", isForcing: isForcing, acceptedSkipped: skipped)
    return await failure { try await stage.job(.stopOldWrites, options, by: actor) }.map { "\($0)" }
  }

  @Test("what was written between the verification and the step is in the new tables")
  func writtenSince() async throws {
    try await onLoop { loop in
      let stage = try await Self.ready(on: loop)
      defer { stage.close() }
      try await stage.addResult(of: 1, "Acme is good.")
      try await stage.score(1)
      try await stage.run("UPDATE extracted_positions SET visibility_index = 5 WHERE competitor_name IS NULL")
      #expect(await Self.stop(stage) == nil)
      #expect(try await stage.phase() == .newOnly)
      #expect(try await stage.rows(StarOracle.differences()) == [])
    }
  }

  @Test("what differs since the verification stops the step, by name, and so does what was written past the triggers")
  func differsSince() async throws {
    try await onLoop { loop in
      let stage = try await Self.ready(on: loop)
      defer { stage.close() }
      let key = try await stage.value("SELECT collector_result_id FROM metric_facts ORDER BY 1 OFFSET 2 LIMIT 1")!
      try await stage.run("UPDATE metric_facts SET topic = 'else' WHERE collector_result_id = \(key)")
      let differing = await Self.stop(stage) ?? "taken"
      #expect(differing.contains("(\(key))") && differing.contains("verify --repair"), "\(differing)")
      #expect(try await stage.verify(isRepairing: true).equal)

      try await stage.run(
        """
        ALTER TABLE extracted_positions DISABLE TRIGGER USER;
        DELETE FROM extracted_positions WHERE collector_result_id = \(key);
        """)
      let untriggered = await Self.stop(stage) ?? "taken"
      #expect(untriggered.contains("writes to extracted_positions are not followed"), "\(untriggered)")
      try await stage.create()
      let changed = await Self.stop(stage) ?? "taken"
      #expect(changed.contains("were changed since verification"), "\(changed)")
      #expect(try await !stage.verify().equal, "the row is missing in old")
      #expect(try await stage.verify(isRepairing: true).equal)
      #expect(await Self.stop(stage) == nil)
    }
  }

  @Test("afterwards PostgreSQL refuses every write of any role until the old table is brought back")
  func refusesWrites() async throws {
    try await onLoop { loop in
      let stage = try await Self.ready(on: loop)
      defer { stage.close() }
      #expect(await Self.stop(stage) == nil)
      for write in [
        "INSERT INTO extracted_positions SELECT * FROM extracted_positions", "DELETE FROM extracted_positions",
        "UPDATE extracted_positions SET topic = 'x'", "UPDATE extracted_positions SET topic = 'x' WHERE false",
        "TRUNCATE extracted_positions", "SET session_replication_role = replica; DELETE FROM extracted_positions",
      ] {
        let fault = await failure { try await stage.run(write) } as? DatabaseError
        #expect(fault?.state?.description == "55000" && fault?.message?.contains("takes no writes") == true, "\(write)")
      }
      try await stage.run("SET session_replication_role = origin")
      #expect(try await stage.count("switchyard.repair_queue") == 0)
      try await stage.job(.restore)
      try await stage.run("UPDATE extracted_positions SET visibility_index = 44 WHERE competitor_name IS NULL")
      #expect(try await stage.rows(StarOracle.differences()) == [])
      // What is back must be verified anew.
      let error = await Self.stop(stage)
      #expect((error ?? "taken").contains("were changed since verification"), "\(error ?? "taken")")
      #expect(try await stage.verify().equal)
      #expect(await Self.stop(stage) == nil)
    }
  }

  @Test("old rows in no new table must be accepted by their number")
  func acceptsSkipped() async throws {
    try await onLoop { loop in
      let stage = try await Self.ready(on: loop)
      defer { stage.close() }
      try await stage.addWide(1, competitor: "Nobody")
      try await stage.addWide(1_000_000)
      for number in [nil, 0, 1, 3] as [Int?] {
        let error = await Self.stop(stage, accepting: number)
        #expect((error ?? "taken").contains("2 old rows are in no new table"), "\(error ?? "taken")")
        #expect((error ?? "taken").contains("orphan 1") && (error ?? "taken").contains("unknown_competitor 1"))
      }
      #expect(await Self.stop(stage, accepting: 2) == nil)
    }
  }

  @Test("old rows that are skipped since their key was copied, because of what they refer to, are counted too")
  func skippedSince() async throws {
    try await onLoop { loop in
      let stage = try await Self.ready(on: loop)
      defer { stage.close() }
      try await stage.run("DELETE FROM brand_competitors WHERE competitor_name = 'Initech'")
      #expect(try await stage.verify().equal)
      let error = await Self.stop(stage)
      #expect(
        (error ?? "taken").contains("6 old rows are in no new table (unknown_competitor 6)"), "\(error ?? "taken")")
      #expect(await Self.stop(stage, accepting: 6) == nil)
    }
  }

  @Test("a column with values that was added after create stops the step; one that create accepted does not")
  func columnSince() async throws {
    try await onLoop { loop in
      let stage = try await Self.ready(on: loop)
      defer { stage.close() }
      try await stage.run(
        "ALTER TABLE extracted_positions ADD precious text; UPDATE extracted_positions SET precious = 'p'")
      let error = await Self.stop(stage)
      #expect((error ?? "taken").contains("extracted_positions.precious"), "\(error ?? "taken")")
      #expect(try await stage.phase() == .verified)
    }
  }

  @Test("what a user's trigger does to other keys while a key is copied is compared again")
  func userTrigger() async throws {
    try await onLoop { loop in
      let stage = try await Self.ready(on: loop)
      defer { stage.close() }
      try await stage.run(
        """
        CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
          DELETE FROM competitor_metrics WHERE metric_fact_id = (SELECT min(id) FROM metric_facts);
          RETURN NULL; END $$;
        CREATE TRIGGER meddle AFTER INSERT ON metric_facts FOR EACH ROW EXECUTE FUNCTION meddle()
        """)
      try await stage.addResult(of: 1, "Acme is good.")
      try await stage.score(1)
      let error = await Self.stop(stage)
      #expect((error ?? "taken").contains("since the last verification differ"), "\(error ?? "taken")")
    }
  }

  @Test("TRUNCATE in a transaction that does not see what others have copied makes the verification void")
  func blindTruncate() async throws {
    try await onLoop { loop in
      let stage = try await Self.ready(on: loop)
      defer { stage.close() }
      let blind = try await Connection.open(stage.settings, on: loop)
      _ = try await blind.query(Statement("BEGIN ISOLATION LEVEL REPEATABLE READ"))
      _ = try await blind.query(Statement("SELECT 1"))
      try await stage.addResult(of: 1, "Acme is good.")
      try await stage.score(1)
      _ = try await blind.query(Statement("TRUNCATE extracted_positions"))
      try await blind.commit()
      try await stage.repair.drain()
      let error = await Self.stop(stage)
      #expect((error ?? "taken").contains("found differences"), "\(error ?? "taken")")
      #expect(try await stage.verify(isRepairing: true).equal)
      #expect(try await stage.count("metric_facts") == 0)
    }
  }

  @Test("a partition that comes after old writes were stopped is in nobody's way back")
  func partitionSince() async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop, isCreated: false)
      defer { stage.close() }
      try await stage.run(
        """
        CREATE TABLE public.parted (LIKE extracted_positions INCLUDING DEFAULTS) PARTITION BY LIST (collector_result_id);
        CREATE TABLE public.part_rest PARTITION OF public.parted DEFAULT;
        ALTER SEQUENCE extracted_positions_id_seq OWNED BY public.parted.id;
        DROP TABLE extracted_positions;
        ALTER TABLE public.parted RENAME TO extracted_positions
        """)
      try await stage.addMentions(of: 1, count: 4)
      try await stage.score(1)
      try await stage.create()
      try await stage.backfill()
      #expect(try await stage.verify().equal)
      try await stage.readNew()
      #expect(await Self.stop(stage) == nil)
      try await stage.run("CREATE TABLE public.part_late PARTITION OF extracted_positions FOR VALUES IN (777)")
      let insert = await failure {
        try await stage.run(
          "INSERT INTO part_late (\("id, collector_result_id, brand_id, customer_id, query_id, collector_type, brand_name")) SELECT 1, 777, id, id, id, 'c', 'b' FROM brands"
        )
      }
      #expect((insert as? DatabaseError)?.state?.description == "55000", "its row trigger came with it")
      try await stage.job(.restore)
      #expect(try await stage.phases.evidence(in: stage.pool).triggersMissing == nil)
      try await stage.run("TRUNCATE part_late; UPDATE extracted_positions SET visibility_index = 4")
      #expect(try await stage.rows(StarOracle.differences()) == [])
      #expect(try await stage.verify().equal)
      #expect(await Self.stop(stage) == nil)
    }
  }

  @Test("a step that was forced over a repair leaves no subject without an answer; restore brings the repair back")
  func forcedOverRepair() async throws {
    try await onLoop { loop in
      let stage = try await Self.ready(on: loop)
      defer { stage.close() }
      try await stage.run(
        """
        ALTER TABLE metric_facts ADD CONSTRAINT never CHECK (topic <> 'bad') NOT VALID;
        UPDATE extracted_positions SET topic = 'bad' WHERE collector_result_id = 1
        """)
      let refused = await Self.stop(stage)
      #expect((refused ?? "taken").contains("1 collector results await repair"), "\(refused ?? "taken")")
      #expect(await Self.stop(stage, isForcing: true) == nil)
      #expect(try await stage.count("switchyard.repair_queue") == 1)
      let flags = FlagBox()
      flags.set(try await stage.store.flagSet().flags)
      let adapter = QueryAdapter(database: stage.pool, flags: flags)
      for question in try await stage.questions(about: 1) {
        let answer = await adapter.answer(question)
        var schema: Schema?
        if case .body(_, let choice) = answer { schema = choice.schema }
        #expect(schema == .new, "\(question.endpoint.path): \(answer)")
      }
      try await stage.run("ALTER TABLE metric_facts DROP CONSTRAINT never")
      try await stage.job(.restore)
      try await eventually("it is repaired", on: loop) {
        try await stage.repair.drain()
        return try await stage.count("switchyard.repair_queue") == 0
      }
      #expect(try await stage.rows(StarOracle.differences()) == [])
    }
  }

  @Test("what the forced archive left unproven stops a plain drop, and so do triggers changed before an archive")
  func dropChecksAgain() async throws {
    try await onLoop { loop in
      let stage = try await Self.ready(on: loop)
      defer { stage.close() }
      #expect(await Self.stop(stage) == nil)
      try await stage.run(
        """
        ALTER TABLE extracted_positions DISABLE TRIGGER switchyard_refuse;
        ALTER TABLE extracted_positions ENABLE ALWAYS TRIGGER switchyard_refuse
        """)
      try await stage.sample()
      try await stage.pretendUnread(days: 31)
      let archive = await failure { try await stage.job(.archive) }
      #expect("\(archive!)".contains("changed since old writes were stopped"), "\(archive!)")
      try await stage.run(
        "UPDATE metric_facts SET topic = 'else'; UPDATE switchyard.verifications SET is_equal = false")
      try await stage.job(.archive, by: Phases.Actor("test", reason: "test", isForcing: true))
      try await stage.sample()
      try await stage.pretendUnread(days: 31)
      let drop = await failure { try await stage.job(.drop) }
      #expect("\(drop!)".contains("found differences"), "\(drop!)")
      #expect(try await stage.phase() == .archived)
    }
  }

  @Test("the old table is not stopped while a rollback is being made")
  func besideRollback() async throws {
    try await onLoop { loop in
      let stage = try await Self.ready(on: loop)
      defer { stage.close() }
      let operatorSession = try await Connection.open(stage.settings, on: loop)
      _ = try await operatorSession.query(Statement("BEGIN"))
      _ = try await operatorSession.query(Statement("UPDATE switchyard.flags SET use_new_schema = false"))
      var error: String?
      var isOver = false
      loop.spawn {
        error = await Self.stop(stage)
        isOver = true
      }
      await loop.sleep(milliseconds: 600)
      #expect(!isOver)
      #expect(try await stage.phase() == .verified)
      try await operatorSession.commit()
      try await eventually("the step ends", on: loop) { isOver }
      let text = error ?? "it was taken"
      #expect(text.contains("do not read new for everyone"), "\(text)")
      #expect(try await stage.phase() == .verified)
    }
  }

  @Test("row-level security that may hide old rows from our role stops create, backfill and verify")
  func hiddenRows() async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop)
      defer { stage.close() }
      try await stage.run(
        "DO $$ BEGIN EXECUTE format('CREATE ROLE %I LOGIN', 'plain_' || current_database()); EXECUTE format('GRANT %I TO CURRENT_USER', 'plain_' || current_database()); EXECUTE format('GRANT ALL ON ALL TABLES IN SCHEMA public TO %I', 'plain_' || current_database()); END $$"
      )
      let role = try await stage.value("SELECT 'plain_' || current_database()")!
      try await stage.run(
        "ALTER TABLE extracted_positions ENABLE ROW LEVEL SECURITY; CREATE POLICY even ON extracted_positions USING (id % 2 = 0)"
      )
      let session = try await Connection.open(stage.settings, on: loop)
      defer { session.close() }
      try await HiddenOldRows.refuse(Stage.migration, in: session)
      _ = try await session.query(Statement("SET ROLE \(role)"))
      let error = await failure { try await HiddenOldRows.refuse(Stage.migration, in: session) }
      #expect("\(error!)".contains("extracted_positions") && "\(error!)".contains("BYPASSRLS"), "\(error!)")
    }
  }

  @Test("a column that the mapping does not know and that holds values is named by create, and accepted by name")
  func extraColumn() async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop, isCreated: false)
      defer { stage.close() }
      try await stage.run(
        """
        ALTER TABLE extracted_positions ADD schema_version int NOT NULL DEFAULT 1, ADD note text, ADD unused text;
        """)
      try await stage.addMentions(of: 1, count: 2)
      try await stage.score(1)
      try await stage.run("UPDATE extracted_positions SET note = 'mine' WHERE id = 1")
      let error = await failure { try await stage.job(.create) }
      #expect("\(error!)".contains("extracted_positions.schema_version, extracted_positions.note:"), "\(error!)")
      #expect(!"\(error!)".contains("unused"))
      #expect(try await stage.phase() == .planned)
      var options = Job.Options()
      options.accept_columns = ["extracted_positions.schema_version", "extracted_positions.note"]
      let accepting = Phases.Actor("test", acceptedColumns: options.accept_columns!)
      try await stage.job(.create, options, by: accepting)
      try await stage.backfill()
      #expect(try await stage.verify().equal)
      try await stage.readNew()
      #expect(await Self.stop(stage) == nil)
      // Its default is no obstacle for the view.
      try await stage.job(.archive, by: Phases.Actor("test", reason: "test", isForcing: true))
      #expect(try await stage.phase() == .archived)
    }
  }
}
