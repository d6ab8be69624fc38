import Catalog
import EventLoop
import Migration
import Postgres
import SQL
import Testing
import TestSupport

@Suite(.serialized) struct ExpansionTests {
  @Test("removal takes away all that creation made, and nothing else")
  func removesWhatItMade() async throws {
    let world = SampleWorld.make(seed: 101, resultsPerBrand: 30)
    try await onLoop { loop in
      let stage = try await Stage.empty(on: loop)
      defer { stage.close() }
      let migration = Stage.migration
      try await stage.transaction(migration.remove)
      try await stage.run("CREATE TABLE mine (id INTEGER PRIMARY KEY)")
      let before = try await stage.value(Self.everything)
      for _ in 0..<2 {
        for script in migration.expansion.create + [migration.noteChanges, migration.installTriggers] {
          try await stage.transaction(script)
        }
        #expect(try await stage.value(Self.everything) != before)
        try await stage.transaction(migration.remove)
        #expect(try await stage.value(Self.everything) == before)
      }
      // The old tables still work, with nobody watching.
      try await world.load(into: stage.pool)
    }
  }

  @Test("what a user has built on the new tables stops their removal")
  func stopsAtWhatUsersBuilt() async throws {
    try await onLoop { loop in
      let stage = try await Stage.empty(on: loop)
      defer { stage.close() }
      try await stage.run("CREATE VIEW mine AS SELECT id FROM metric_facts")
      #expect(try await stage.isRefused(Stage.migration.remove))
      #expect(try await stage.value("SELECT count(*) FROM mine") == "0")
    }
  }

  @Test("truncation empties the new tables only; reads see it at once, and what awaited repair does so no more")
  func truncates() async throws {
    let world = SampleWorld.make(seed: 102, resultsPerBrand: 30)
    try await onLoop { loop in
      let stage = try await Stage.open(world, on: loop)
      defer { stage.close() }
      try await stage.refresh()
      try await stage.run(Self.queued)
      let wide = try await stage.value("SELECT count(*) FROM extracted_positions")
      try await stage.transaction(Stage.migration.truncate)
      for table in Stage.migration.newTables {
        #expect(try await stage.value("SELECT count(*) FROM \(table.name)") == "0")
      }
      #expect(try await stage.value("SELECT count(*) FROM extracted_positions") == wide)
      #expect(try await stage.value("SELECT string_agg(migration, ',') FROM switchyard.repair_queue") == "other")
      #expect(try await stage.staleAnswer(world) == nil)
      try await stage.refresh()
      #expect(try await stage.value("SELECT count(*) FROM mv_brand_daily_metrics") == "0")
      try await stage.backfill(97)
      #expect(try await stage.staleAnswer(world) == nil)
      #expect(try await stage.value("SELECT count(*) FROM metric_facts") == String(world.results.count))
    }
  }

  @Test("tables that hold nothing are not analysed: a plan made for an empty table uses no index, and is kept")
  func leavesEmptyTablesOut() async throws {
    let world = SampleWorld.make(seed: 103, resultsPerBrand: 30)
    try await onLoop { loop in
      let stage = try await Stage.empty(on: loop)
      defer { stage.close() }
      let known = "SELECT count(*) FROM pg_class WHERE relname IN (\(Self.tables)) AND relkind = 'r' AND reltuples >= 0"
      try await stage.transaction(Stage.migration.analyze)
      #expect(try await stage.value(known) == "0")
      try await world.load(into: stage.pool)
      try await stage.backfill(97)
      try await stage.run("TRUNCATE brand_sentiment")
      try await stage.transaction(Stage.migration.analyze)
      #expect(try await stage.value(known) == "4")
    }
  }

  private static let tables = Stage.migration.newTables.map { "'\($0.name)'" }.joined(separator: ", ")

  private static let queued = """
    INSERT INTO switchyard.repair_queue (migration, key, subject, reason)
    SELECT m, 1, 's', 'r' FROM unnest('{brand-metrics,other}'::text[]) m ON CONFLICT DO NOTHING
    """

  /// Every relation, function, trigger and type of the database that is not PostgreSQL's own.
  private static let everything = """
    SELECT string_agg(name, E'\n' ORDER BY name) FROM (
      SELECT 'relation ' || c.oid::regclass || ' ' || c.relkind::text FROM pg_class c WHERE c.oid >= 16384 AND c.relkind <> 't'
        AND c.relnamespace <> 'pg_toast'::regnamespace
      UNION ALL SELECT 'function ' || p.oid::regprocedure FROM pg_proc p WHERE p.oid >= 16384
      UNION ALL SELECT 'trigger ' || t.tgrelid::regclass || ' ' || t.tgname FROM pg_trigger t WHERE NOT t.tgisinternal
      UNION ALL SELECT 'constraint ' || c.conrelid::regclass || ' ' || c.conname FROM pg_constraint c WHERE c.oid >= 16384
      UNION ALL SELECT 'type ' || t.oid::regtype FROM pg_type t WHERE t.oid >= 16384) o (name)
    """
}

extension Stage {
  /// As the engine runs a script.
  func transaction(_ script: Script) async throws {
    try await pool.transaction { try await $0.run(script: script.text) }
  }

  func isRefused(_ script: Script) async throws -> Bool {
    do {
      try await transaction(script)
      return false
    } catch is DatabaseError { return true }
  }
}
