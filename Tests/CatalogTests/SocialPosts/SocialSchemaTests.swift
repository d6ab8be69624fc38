import Catalog
import Cutover
import EventLoop
import Migration
import Postgres
import QueryAdapter
import Rollout
import SQL
import Testing
import TestSupport

/// Several migrations in one database, in schemas that settings name.
@Suite(.serialized) struct SocialSchemaTests {
  private static func question(
    _ service: Service, _ endpoint: ServiceEndpoint, _ organization: String, _ key: Int
  ) -> StageQuestion {
    let given = endpoint.parameters.map { parameter -> StageQuestion.Given in
      switch parameter {
      case .days: .days("2025-01-01", "2025-12-31")
      case .list(let name): .list(name, nil)
      case .choice(let name, let choices): .text(name, choices[0])
      case .integer(let name, _, let standard): .integer(name, standard)
      case .key(let name): .integer(name, key)
      case .segment, .uuid: preconditionFailure("no endpoint has one")
      }
    }
    return StageQuestion(service: service, endpoint: endpoint, given: given, subject: organization)
  }

  private static func expectSameBytes(_ stage: SocialStage) async throws {
    var bodies: Set<String> = []
    for row in try await stage.rows("SELECT organization_id, entity_id FROM social.posts_core ORDER BY 2 LIMIT 5") {
      for service in stage.migration.services {
        for endpoint in service.endpoints {
          let question = question(service, endpoint, row[0]!, Int(row[1]!)!)
          let old = try await stage.body(question, from: .old)
          #expect(try await stage.body(question, from: .new) == old, "\(question.label)")
          bodies.insert(old)
        }
      }
    }
    #expect(bodies.count > 4)
  }

  @Test("the whole way in a schema that a setting names, beside tables of the same names, which nobody touches")
  func journey() async throws {
    let catalog = try Catalog(settings: { ["SOCIAL_POSTS_SCHEMA": "Other_Name"][$0] })
    let schema = try #require(TableSchema("Other_Name", insteadOf: "social"))
    #expect(catalog.migrations[2].name == "social-posts" && catalog.migrations[2].schema == schema)
    let seed = UInt64.random(in: .min ... .max)
    print("seed \(seed)")
    try await SocialStage.use(in: schema, keys: 20, isCreated: false) { stage in
      try await stage.pool.run(
        script: """
          CREATE SCHEMA social;
          CREATE TABLE social.posts (id BIGINT, mine TEXT);
          CREATE TABLE public.posts (id BIGINT, mine TEXT);
          CREATE TABLE public.posts_core (mine TEXT);
          INSERT INTO social.posts VALUES (1, 'mine');
          INSERT INTO public.posts VALUES (1, 'mine')
          """)
      try await stage.job(.create)
      var change = SocialChange(keys: 20, seed: seed)
      try await stage.runUnseen(change.fill(250))
      try await stage.backfill()
      #expect(try await stage.verify().equal)
      try await expect(stage.newLines(), are: stage.model().lines, "seed \(seed)")
      for write in change.some(40) { try await stage.run(write) }
      for _ in 0..<5 { try await stage.run(change.move()) }
      try await stage.repair()
      try await expect(stage.newLines(), are: stage.model().lines, "seed \(seed)")
      #expect(try await stage.newLines().count > 20)
      try await Self.expectSameBytes(stage)
      try await stage.job(.archive, isForcing: true)
      let lines = try await stage.newLines()
      let workspace = try await stage.value("SELECT min(id::text) FROM social.workspaces")!
      try await stage.run(
        "INSERT INTO social.posts (id, workspace_id, platform, status) VALUES (77, '\(workspace)', 'x', 'draft')")
      #expect(try await stage.newLines().count == lines.count + 2)
      #expect(try await stage.value("SELECT without_role FROM social.maintenance(NULL)") == "0")
      try await stage.job(.restore, isForcing: true)
      #expect(try await stage.count("social.posts WHERE id = 77") == 1)
      #expect(try await stage.verify().equal)
      try await Self.expectUntouched(stage)
      try await stage.job(.archive, isForcing: true)
      try await stage.job(.drop, isForcing: true)
      try await Self.expectUntouched(stage)
    }
  }

  /// In the schemas where the tables would be without settings.
  private static func expectUntouched(_ stage: SocialStage) async throws {
    let rows = try await stage.pool.query(
      Statement(
        """
        SELECT n.nspname || ' ' || c.relname, c.relkind, c.relhastriggers
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname IN ('social', 'public') AND c.relkind IN ('r', 'v', 'p') ORDER BY 1
        """))
    let found = (0..<rows.count).map { row in (0..<3).map { rows.string(row: row, column: $0) } }
    #expect(found == [["public posts", "r", "f"], ["public posts_core", "r", "f"], ["social posts", "r", "f"]])
    let mine = try await stage.pool.query(
      Statement("SELECT mine FROM public.posts UNION ALL SELECT p.mine FROM ONLY social.posts p"))
    #expect(mine.count == 2)
  }

  @Test("three migrations under way at once in one database: each is followed, verified, retired and restored alone")
  func three() async throws {
    let seed = UInt64.random(in: .min ... .max)
    print("seed \(seed)")
    try await SocialStage.use(keys: 20, isCreated: false, beside: Array(Catalog().migrations.prefix(2))) { social in
      let migrations = Catalog().migrations
      let content = ContentStage.join(social.settings, on: social.loop)
      defer { content.close() }
      let brands = Stage(
        settings: social.settings, pool: social.pool, loop: social.loop,
        adapter: QueryAdapter(database: social.pool, flags: FlagBox()))
      try await social.pool.run(
        script: """
          CREATE SCHEMA content;
          \(migrations[0].sample.oldSchema.text);
          \(migrations[1].sample.oldSchema.text)
          """)
      let runner = JobRunner(migrations, database: social.pool, on: social.loop)
      let actor = Phases.Actor("test", reason: "test", isForcing: true)
      for migration in migrations { _ = try await runner.run(.create, of: migration, by: actor) }
      let world = SampleWorld.make(seed: seed, resultsPerBrand: 12)
      try await world.load(into: social.pool)
      var (posts, decisions) = (SocialChange(keys: 20, seed: seed), ContentChange(keys: 20, seed: seed))
      try await social.runUnseen(posts.fill(250))
      try await content.runUnseen(decisions.fill(200))
      for migration in migrations { _ = try await runner.run(.backfill, of: migration, by: actor) }

      /// Programs write all of them, and all new tables are right afterwards.
      func write(isSocialOld: Bool) async throws {
        for number in 0..<12 {
          if isSocialOld { try await social.run(posts.any()) }
          try await content.run(decisions.any())
          try await brands.run(
            "UPDATE extracted_positions SET visibility_index = \(number) WHERE competitor_name IS NULL AND id % 7 = \(posts.random.below(7))"
          )
        }
        for migration in migrations { _ = try await Repair(migration, database: social.pool).drain() }
        #expect(try await social.count("switchyard.repair_queue") == 0)
        if isSocialOld { try await expect(social.newLines(), are: social.model().lines, "seed \(seed)") }
        try await expect(content.newLines(), are: content.model().lines, "seed \(seed)")
        for migration in isSocialOld ? migrations : Array(migrations.prefix(2)) {
          let report = try await runner.run(.verify, of: migration, by: actor)
          #expect(report.contains(#""equal":true"#), "seed \(seed): \(migration.name)")
        }
        var random = SeededGenerator(seed: seed)
        for path in Inquiry.paths {
          for inquiry in Inquiries.make(path, 2, for: world, &random) {
            #expect(try await brands.body(inquiry, from: .new) == brands.body(inquiry, from: .old), "\(inquiry.label)")
          }
        }
      }

      try await write(isSocialOld: true)
      try await Self.expectSameBytes(social)
      _ = try await runner.run(.archive, of: migrations[2], by: actor)
      let before = try await social.newLines()
      try await write(isSocialOld: false)
      #expect(try await social.newLines() == before)
      _ = try await runner.run(.restore, of: migrations[2], by: actor)
      try await write(isSocialOld: true)
      // Another one is away meanwhile.
      _ = try await runner.run(.archive, of: migrations[1], by: actor)
      for write in posts.some(10) { try await social.run(write) }
      try await expect(social.newLines(), are: social.model().lines, "seed \(seed)")
      try await Self.expectSameBytes(social)
      _ = try await runner.run(.restore, of: migrations[1], by: actor)
      try await write(isSocialOld: true)
    }
  }
}
