import Catalog
import Cutover
import EventLoop
import Migration
import Postgres
import Rollout
import SQL
import Testing
import TestSupport

/// Several migrations in one database, in schemas that settings name.
@Suite(.serialized) struct ContentSchemaTests {
  @Test("the whole way in schemas that settings name, beside tables of the same names, which nobody touches")
  func journey() async throws {
    let settings = ["BRAND_METRICS_SCHEMA": "Brand_Things", "CONTENT_PIPELINE_SCHEMA": "Other_Name"]
    let catalog = try Catalog(settings: { settings[$0] })
    let schema = try #require(TableSchema("Other_Name", insteadOf: "content"))
    try await onLoop { loop in
      let migrations = Array(catalog.migrations.prefix(2))
      let brands = migrations[0]
      let stage = try await ContentStage.open(on: loop, in: schema, isCreated: false, beside: [brands])
      defer { stage.close() }
      #expect(catalog.migrations[1].oldTables.count == 9 && catalog.migrations[1].schema == schema)
      try await stage.pool.run(
        script: """
          CREATE SCHEMA "Brand_Things";
          \(brands.sample.oldSchema.text);
          CREATE SCHEMA content;
          CREATE TABLE content.posts (decision_id BIGINT, mine TEXT);
          CREATE TABLE public.posts (decision_id BIGINT, mine TEXT);
          CREATE TABLE public.content_queue (mine TEXT);
          INSERT INTO content.posts VALUES (1, 'mine');
          INSERT INTO public.posts VALUES (1, 'mine')
          """)
      let runner = JobRunner(migrations, database: stage.pool, on: loop)
      for migration in migrations { _ = try await runner.run(.create, of: migration, by: ContentStage.actor) }
      var change = ContentChange(keys: 20, seed: 9)
      try await stage.runUnseen(change.fill(250))
      for migration in migrations {
        for kind in [Step.backfill, .verify] {
          let report = try await runner.run(kind, of: migration, by: ContentStage.actor)
          #expect(kind == .backfill || report.contains(#""equal":true"#), "\(migration.name)")
        }
      }
      try await expect(stage.newLines(), are: stage.model().lines)
      #expect(try await stage.newLines().count > 20)
      for write in change.some(40) { try await stage.run(write) }
      try await expect(stage.newLines(), are: stage.model().lines)
      for service in stage.migration.services {
        for endpoint in service.endpoints {
          let question = StageQuestion(
            service: service, endpoint: endpoint, given: endpoint.parameters.map(Self.usual))
          #expect(try await stage.body(question, from: .old) == stage.body(question, from: .new), "\(question.label)")
        }
      }
      try await stage.job(.archive, isForcing: true)
      let lines = try await stage.newLines()
      let sound = "INSERT INTO content.content_metadata (decision_id, content, status) VALUES (77, 'x', 'draft')"
      try await stage.run(sound)
      #expect(try await stage.newLines().count == lines.count + 1)
      try await stage.job(.restore, isForcing: true)
      #expect(try await stage.count("content.content_metadata WHERE decision_id = 77") == 1)
      #expect(try await stage.verify().equal)
      try await Self.expectUntouched(stage)
      // Another migration's queue and records are its own.
      #expect(
        try await stage.pool.query(Statement("SELECT DISTINCT migration FROM switchyard.skipped_rows")).count == 1)
      try await stage.job(.archive, isForcing: true)
      try await stage.job(.drop, isForcing: true)
      try await Self.expectUntouched(stage)
    }
  }

  private static func usual(_ parameter: Parameter) -> StageQuestion.Given {
    switch parameter {
    case .days: .days("2025-01-01", "2025-12-31")
    case .list(let name): .list(name, nil)
    case .choice(let name, let choices): .text(name, choices.last!)
    case .integer(let name, _, let standard): .integer(name, standard)
    case .segment, .key, .uuid: preconditionFailure("no endpoint has one")
    }
  }

  /// In the schemas where the tables would be without settings.
  private static func expectUntouched(_ stage: ContentStage) async throws {
    let rows = try await stage.pool.query(
      Statement(
        """
        SELECT n.nspname || ' ' || c.relname, c.relkind, c.relhastriggers
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname IN ('content', 'public') AND c.relkind IN ('r', 'v') ORDER BY 1
        """))
    let found = (0..<rows.count).map { row in (0..<3).map { rows.string(row: row, column: $0) } }
    #expect(
      found == [["content posts", "r", "f"], ["public content_queue", "r", "f"], ["public posts", "r", "f"]])
    let mine = try await stage.pool.query(
      Statement("SELECT mine FROM public.posts UNION ALL SELECT p.mine FROM ONLY content.posts p"))
    #expect(mine.count == 2)
  }
}
