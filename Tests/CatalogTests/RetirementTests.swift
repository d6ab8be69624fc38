import EventLoop
import Migration
import Postgres
import Rollout
import SQL
import Testing
import TestSupport

@Suite(.serialized) struct RetirementTests {
  @Test("through the view under the old name, every old service query gives the bytes that the new one gives")
  func answersOldQueries() async throws {
    var world = SampleWorld.make(seed: 121, resultsPerBrand: 120)
    var generator = SeededGenerator(seed: 121)
    let inquiries = Inquiry.paths.flatMap { Inquiries.make($0, 40, for: world, &generator) }
    let initial = world
    let change = WorldChange.make(&world, &generator)
    try await onLoop { loop in
      let stage = try await Stage.open(initial, on: loop)
      defer { stage.close() }
      try await stage.refresh()
      var before: [String] = []
      for inquiry in inquiries { before.append(try await stage.body(inquiry, from: .old)) }
      #expect(Set(before).count > 200)
      try await stage.archive()
      for (inquiry, body) in zip(inquiries, before) {
        #expect(try await Array(stage.body(inquiry, from: .old).utf8) == Array(body.utf8), "\(inquiry.label)")
      }
      // What changes from now on changes in the new tables only.
      try await change.applyToNew(stage)
      var changed = 0
      for (inquiry, body) in zip(inquiries, before) {
        let (old, new) = (try await stage.body(inquiry, from: .old), try await stage.body(inquiry, from: .new))
        #expect(Array(old.utf8) == Array(new.utf8), "changed: \(inquiry.label)")
        if old != body { changed += 1 }
      }
      #expect(changed > 50)
    }
  }

  @Test("the view has the table's columns, rows and values, ids of its own, and refuses to be written to")
  func hasTheShapeOfTheTable() async throws {
    let world = SampleWorld.make(seed: 122, resultsPerBrand: 60)
    try await onLoop { loop in
      let stage = try await Stage.open(world, on: loop)
      defer { stage.close() }
      let columns = """
        SELECT string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' ORDER BY attnum)
        FROM pg_attribute WHERE attrelid = 'extracted_positions'::regclass AND attnum > 0 AND NOT attisdropped
        """
      let before = (try await stage.value(columns), try await stage.value(Self.values))
      try await stage.archive()
      #expect(try await stage.value(columns) == before.0)
      #expect(try await stage.value(Self.values) == before.1)
      #expect(
        try await stage.value("SELECT count(DISTINCT id) = count(*) AND count(id) > 500 FROM extracted_positions")
          == "t")
      for write in [
        "INSERT INTO extracted_positions (collector_result_id) VALUES (1)", "UPDATE extracted_positions SET topic = ''",
        "DELETE FROM extracted_positions", "TRUNCATE extracted_positions",
      ] {
        #expect(try await stage.refusal(of: write) == (write.hasPrefix("T") ? "42809" : "55000"), "\(write)")
      }
    }
  }

  @Test("who could read the table can read the view, and nobody else")
  func keepsPrivileges() async throws {
    let world = SampleWorld.make(seed: 123, resultsPerBrand: 10)
    try await onLoop { loop in
      let stage = try await Stage.open(world, on: loop)
      defer { stage.close() }
      for statement in [
        "CREATE ROLE \"a \"\"reader\"\"\"", "CREATE ROLE passer", "CREATE ROLE peeper", "CREATE ROLE stranger",
        "GRANT SELECT ON extracted_positions TO \"a \"\"reader\"\"\"",
        "GRANT SELECT, INSERT ON extracted_positions TO passer WITH GRANT OPTION",
        "GRANT SELECT (id, topic) ON extracted_positions TO peeper",
        "ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO stranger, PUBLIC",
      ] { try await stage.run(statement) }
      let privileges = """
        SELECT string_agg(concat_ws(' ', p.grantee::regrole, p.privilege_type, p.is_grantable, column_name), ', '
          ORDER BY p.grantee, p.privilege_type, column_name)
        FROM (
          SELECT (aclexplode(coalesce(relacl, acldefault('r', relowner)))).*, NULL AS column_name FROM pg_class
          WHERE oid = 'extracted_positions'::regclass
          UNION ALL SELECT (aclexplode(attacl)).*, attname FROM pg_attribute WHERE attrelid = 'extracted_positions'::regclass) p
        """
      let before = try await stage.value(privileges)
      try await stage.archive()
      #expect(try await stage.value(privileges) == before)
      for (role, query, isAllowed) in [
        ("\"a \"\"reader\"\"\"", "SELECT count(*) FROM extracted_positions", true),
        ("passer", "SELECT count(raw_answer) FROM extracted_positions", true),
        ("peeper", "SELECT count(topic) FROM extracted_positions", true),
        ("peeper", "SELECT count(brand_id) FROM extracted_positions", false),
        ("stranger", "SELECT count(*) FROM extracted_positions", false),
      ] {
        let refusal = try await stage.refusal(of: "SET LOCAL ROLE \(role)", query)
        #expect(refusal == (isAllowed ? nil : "42501"), "\(role): \(query)")
      }
      try await stage.restore()
      #expect(try await stage.value(privileges) == before)
    }
  }

  @Test("under row security nobody sees more through the view than in the new tables")
  func respectsRowSecurity() async throws {
    let world = SampleWorld.make(seed: 124, resultsPerBrand: 10)
    try await onLoop { loop in
      let stage = try await Stage.open(world, on: loop)
      defer { stage.close() }
      try await stage.run("CREATE ROLE tenant")
      try await stage.run("GRANT SELECT ON extracted_positions TO tenant")
      try await stage.run("ALTER TABLE extracted_positions ENABLE ROW LEVEL SECURITY")
      try await stage.archive()
      let query = "SELECT count(*) FROM extracted_positions"
      #expect(try await stage.refusal(of: "SET LOCAL ROLE tenant", query) == "42501")
    }
  }

  @Test("archived and restored, the table is what it was: rows, places, indexes, triggers")
  func restores() async throws {
    let world = SampleWorld.make(seed: 125, resultsPerBrand: 40)
    try await onLoop { loop in
      let stage = try await Stage.open(world, on: loop)
      defer { stage.close() }
      for statement in [
        "CREATE INDEX mine ON extracted_positions (processed_at DESC, id) INCLUDE (topic) WHERE competitor_name IS NULL",
        "CREATE UNIQUE INDEX \"Mine Too\" ON extracted_positions (lower(brand_name) COLLATE \"C\", id)",
        "CREATE INDEX by_hash ON extracted_positions USING hash (collector_type) WITH (fillfactor = 70)",
        "ALTER TABLE extracted_positions ADD CONSTRAINT only_once UNIQUE (id, brand_id)",
      ] { try await stage.run(statement) }
      let sum = try await stage.sum(Stage.migration.checksum)
      let before = try await stage.value(Self.table)
      #expect(before?.contains("Mine Too") == true)
      for round in 0..<2 {
        // Begun, and begun anew.
        if round == 1 { try await stage.transaction(Stage.migration.compatibilityViews) }
        try await stage.archive()
        if round == 1 { try await stage.transaction(Stage.migration.dropIndexes) }
        #expect(try await stage.sum(Stage.migration.archivedChecksum) == sum)
        let left = "SELECT count(*) FROM pg_indexes WHERE tablename = 'extracted_positions_archived'"
        #expect(try await stage.value(left) == "2", "those of constraints")
        if round == 1 { try await stage.transaction(Stage.migration.createIndexes) }
        try await stage.restore()
        #expect(try await stage.sum(Stage.migration.checksum) == sum)
        #expect(try await stage.value(Self.table) == before)
      }
      try await stage.run(
        "UPDATE extracted_positions SET topic = 'x' WHERE id = (SELECT min(id) FROM extracted_positions WHERE competitor_name IS NULL)"
      )
      #expect(
        try await stage.value("SELECT count(*) FROM metric_facts WHERE topic = 'x'") == "1",
        "writes are followed as before")
    }
  }

  @Test("dropping takes the archived table and leaves all else")
  func drops() async throws {
    let world = SampleWorld.make(seed: 126, resultsPerBrand: 10)
    try await onLoop { loop in
      let stage = try await Stage.open(world, on: loop)
      defer { stage.close() }
      try await stage.archive()
      let rest = """
        SELECT string_agg(oid::regclass::text, ',' ORDER BY oid) FROM pg_class
        WHERE oid >= 16384 AND relnamespace <> 'pg_toast'::regnamespace AND oid::regclass::text NOT LIKE 'extracted_positions_%'
        """
      let before = (try await stage.value(rest), try await stage.value(Self.values))
      try await stage.transaction(Stage.migration.drop)
      #expect(try await stage.value("SELECT to_regclass('extracted_positions_archived')") == nil)
      #expect(try await stage.value(rest) == before.0)
      #expect(try await stage.value(Self.values) == before.1)
    }
  }

  @Test("the checksum knows every row and every byte of every column, and not their order")
  func sumsEveryByte() async throws {
    let world = SampleWorld.make(seed: 127, resultsPerBrand: 20)
    try await onLoop { loop in
      let traps = TrapRows(world, seed: 127)
      let stage = try await Stage.traps(world, traps.rows, on: loop)
      defer { stage.close() }
      let sum = try await stage.sum(Stage.migration.checksum)
      #expect(sum[0] == String(traps.rows.count))
      let one = "WHERE id = (SELECT min(id) FROM extracted_positions WHERE"
      for change in [
        "SET visibility_index = -visibility_index \(one) visibility_index > 0)",
        "SET visibility_index = visibility_index * 1.0 \(one) visibility_index > 0)",
        "SET total_word_count = 0 \(one) total_word_count IS NULL)",
        "SET sentiment_positive_sentences = NULL \(one) sentiment_positive_sentences = '[]')",
        "SET metadata = 'null' \(one) metadata IS NULL)", "SET topic = '' \(one) topic IS NULL)",
        "SET created_at = created_at + interval '1 microsecond' \(one) true)", "SET id = -id \(one) true)",
        "SET raw_answer = '' \(one) raw_answer IS NULL)", "SET brand_positions = '{}' \(one) brand_positions IS NULL)",
        "SET competitor_positions = '{9,3,27}' \(one) competitor_positions = '{3,9,27}')",
      ] {
        try await stage.run("CREATE TABLE kept AS TABLE extracted_positions")
        try await stage.run("UPDATE extracted_positions \(change)")
        let changed = try await stage.sum(Stage.migration.checksum)
        #expect(changed[0] == sum[0] && changed[1] != sum[1], "\(change)")
        try await stage.run("TRUNCATE extracted_positions")
        try await stage.run("INSERT INTO extracted_positions SELECT * FROM kept ORDER BY random()")
        try await stage.run("DROP TABLE kept")
        #expect(try await stage.sum(Stage.migration.checksum) == sum)
      }
      try await stage.run("INSERT INTO extracted_positions SELECT e.* FROM extracted_positions e WHERE false")
      try await stage.run("DELETE FROM extracted_positions WHERE id = (SELECT max(id) FROM extracted_positions)")
      #expect(try await stage.sum(Stage.migration.checksum)[0] == String(traps.rows.count - 1))
      try await stage.run("TRUNCATE extracted_positions")
      #expect(try await stage.sum(Stage.migration.checksum) == ["0", "0"])
    }
  }

  // MARK: Helpers

  /// All that the new tables say of a wide row.
  private static let values = """
    SELECT md5(string_agg(row::text, E'\n' ORDER BY row::text COLLATE "C")) FROM (
      SELECT e.collector_result_id, e.brand_id, e.customer_id, e.query_id, e.collector_type, e.topic, e.brand_name,
        e.competitor_name, e.competitor_name IS NULL AND coalesce(e.has_brand_presence, false),
        round(e.visibility_index, 2), round(e.visibility_index_competitor, 2), round(e.share_of_answers_brand, 2),
        round(e.share_of_answers_competitor, 2), e.sentiment_label, round(e.sentiment_score, 2),
        coalesce(e.competitor_mentions, 0), e.sentiment_label_competitor, round(e.sentiment_score_competitor, 2),
        e.processed_at
      FROM extracted_positions e) row
    """

  /// The wide table: where its rows lie, its indexes, constraints and triggers.
  private static let table = """
    SELECT string_agg(line, E'\n' ORDER BY line) FROM (
      SELECT md5(string_agg(e.ctid || ' ' || e.xmin || ' ' || e.id, ',' ORDER BY e.id)) FROM extracted_positions e
      UNION ALL SELECT indexdef FROM pg_indexes WHERE tablename = 'extracted_positions'
      UNION ALL SELECT conname || pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'extracted_positions'::regclass
      UNION ALL SELECT pg_get_triggerdef(oid) || tgenabled::text FROM pg_trigger WHERE tgrelid = 'extracted_positions'::regclass
    ) l (line)
    """
}

extension Stage {
  fileprivate func archive() async throws {
    let migration = Stage.migration
    for script in [migration.compatibilityViews, migration.archive, migration.dropIndexes] {
      try await transaction(script)
    }
  }

  fileprivate func restore() async throws {
    for script in [Stage.migration.createIndexes, Stage.migration.restore] { try await transaction(script) }
  }

  /// Count and checksum.
  fileprivate func sum(_ statement: Statement) async throws -> [String] {
    let rows = try await pool.query(statement)
    return rows.columns.indices.map { rows.string(row: 0, column: $0)! }
  }

  /// The SQLSTATE with which the last of `statements` is refused; nil if it is not.
  fileprivate func refusal(of statements: String...) async throws -> String? {
    do {
      try await pool.transaction { session in
        for statement in statements { _ = try await session.query(Statement(statement)) }
      }
      return nil
    } catch let error as DatabaseError { return error.state?.description ?? "none" }
  }
}
