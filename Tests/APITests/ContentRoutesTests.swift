import Catalog
import Cutover
import HTTP
import JSON
import Migration
import Postgres
import SQL
import TestSupport
import Testing

/// The content pipeline's services over HTTP.
@Suite struct ContentRoutesTests {
  static func database(_ seed: UInt64) async throws -> ConnectionSettings {
    let settings = try await TestPostgres.database()
    try await onLoop { loop in
      let pool = Pool(settings, limits: PoolLimits(connectionsMax: 4), on: loop)
      defer { pool.close() }
      let migration = ContentPipeline.migration()
      try await pool.run(script: "CREATE SCHEMA content; \(migration.sample.oldSchema.text)")
      try await ControlStore(database: pool, migrations: Catalog().migrations).prepare()
      var change = ContentChange(keys: 30, seed: seed)
      try await pool.run(script: change.fill(400).joined(separator: ";\n"))
      let runner = JobRunner(Catalog().migrations, database: pool, on: loop)
      for kind in [Step.create, .backfill] {
        _ = try await runner.run(kind, of: migration, by: Phases.Actor("test"))
      }
    }
    return settings
  }

  private static let range = "start=2025-06-01&end=2025-06-30"
  private static let targets: [(target: String, members: [String])] =
    ["posted", "queued", "draft", "scheduled"].map { ("queue?status=\($0)&limit=3", ["status", "limit", "items"]) } + [
      ("queue", ["status", "limit", "items"]),
      ("history?\(range)&limit=2", ["start", "end", "generators", "limit", "totals", "by_generator", "posts"]),
      (
        "history?\(range)&generators=a,B,%C3%A9%20%C3%BC%20%F0%9F%99%82",
        ["start", "end", "generators", "limit", "totals", "by_generator", "posts"]
      ),
      ("engagement?\(range)", ["start", "end", "generators", "by", "groups"]),
      ("engagement?\(range)&by=topic&generators=a", ["start", "end", "generators", "by", "groups"]),
      ("engagement?\(range)&by=angle", ["start", "end", "generators", "by", "groups"]),
      ("engagement/posts?\(range)", ["start", "end", "generators", "limit", "posts"]),
      ("learning?\(range)&limit=7", ["start", "end", "generators", "limit", "decisions"]),
    ]

  @Test("every route gives the same bytes from both schemas")
  func sameBytes() async throws {
    let seed = UInt64.random(in: .min ... .max)
    print("seed \(seed)")
    try await withClient(Self.database(seed)) { client in
      var bodies: Set<String> = []
      for (target, members) in Self.targets {
        let path = "/api/content/\(target)"
        let old = try await client.get(path, Client.asAdmin, "X-Schema-Override: old")
        let new = try await client.get(path, Client.asAdmin, "X-Schema-Override: new")
        #expect(old.status == 200 && new.status == 200, "\(old.text) \(new.text)")
        #expect(old.header("X-Schema") == "old" && new.header("X-Schema") == "new", "\(path)")
        #expect(old.body == new.body, "seed \(seed): \(path)")
        #expect(old.header("ETag") == new.header("ETag"), "\(path)")
        #expect(Set(members).isSubset(of: try old.json().names), "\(path): \(old.text)")
        bodies.insert(old.text)
      }
      #expect(bodies.count == Self.targets.count)
    }
  }

  @Test("what a parameter may not be is told by its name")
  func faults() async throws {
    try await withClient(Self.database(1)) { client in
      for (target, fields) in [
        ("queue?status=nope", ["status"]), ("queue?limit=x", ["limit"]),
        ("history?start=x", ["start"]), ("engagement?by=tone", ["by"]), ("learning?generators=", ["generators"]),
      ] {
        let answer = try await client.get("/api/content/\(target)")
        #expect(try answer.faults(400) == fields, "\(target)")
      }
    }
  }
}
