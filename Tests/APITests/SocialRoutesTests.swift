import Catalog
import Cutover
import EventLoop
import HTTP
import JSON
import Migration
import Postgres
import SQL
import TestSupport
import Testing

/// The services of social-posts over HTTP, and its endpoints that have no old side.
@Suite struct SocialRoutesTests {
  private static let unknown = "00000000-0000-4000-8000-000000000000"
  private static let conversation = "2a0c6a3e-5f2b-4f60-9d3e-0c1c2d3e4f50"

  private static func database() async throws -> ConnectionSettings {
    let settings = try await TestPostgres.database()
    try await onLoop { loop in
      let pool = Pool(settings, limits: PoolLimits(connectionsMax: 4), on: loop)
      defer { pool.close() }
      let migration = SocialPosts.migration()
      try await pool.run(script: "CREATE SCHEMA social; \(migration.sample.oldSchema.text)")
      try await ControlStore(database: pool, migrations: Catalog().migrations).prepare()
      _ = try await pool.query(try #require(migration.sample.fill), [.integer(1)])
      let runner = JobRunner(Catalog().migrations, database: pool, on: loop)
      for kind in [Step.create, .backfill] {
        _ = try await runner.run(kind, of: migration, by: Phases.Actor("test"))
      }
    }
    return settings
  }

  /// Runs `body` with a client, and takes the tenants' roles away, which are the whole server's.
  private static func withSample(_ body: @escaping @Sendable (Client, [String]) async throws -> Void) async throws {
    let settings = try await database()
    try await withClient(settings) { client in
      let list = try await client.get("/api/organizations")
      let ids = try #require(try list.json()["organizations"]?.array).compactMap { $0["id"]?.string }
      #expect(ids.count == 8)
      try await body(client, ids)
    }
    try await onLoop { loop in
      let pool = Pool(settings, limits: PoolLimits(connectionsMax: 1), on: loop)
      defer { pool.close() }
      try await pool.run(script: SocialPosts.migration().expansion.remove.text)
    }
  }

  @Test("every route gives the same bytes from both schemas")
  func sameBytes() async throws {
    try await Self.withSample { client, ids in
      for id in ids {
        let list = try await client.get(
          "/api/organizations/\(id)/posts?limit=1000", Client.asAdmin, "X-Schema-Override: new")
        let posts = try #require(try list.json()["posts"]?.array).compactMap { $0["entity_id"]?.number }
        let post = try #require(posts.first)
        for (target, members) in [
          ("posts", ["start", "end", "status", "limit", "by_status", "posts"]),
          ("posts?status=draft&limit=3", ["by_status", "posts"]),
          ("insights?order=likes&limit=5", ["start", "end", "order", "limit", "totals", "by_platform", "posts"]),
          ("entities/\(post)/metrics?by=week", ["entity_id", "start", "end", "metrics", "by", "points"]),
          ("entities/\(post)/metrics?metrics=likes,reach", ["metrics", "points"]),
          ("posts/\(post)/similar?k=100", ["entity_id", "k", "posts"]),
          ("posts/0/similar", ["entity_id", "k", "posts"]),
        ] {
          let path = "/api/organizations/\(id)/\(target)"
          let old = try await client.get(path, Client.asAdmin, "X-Schema-Override: old")
          let new = try await client.get(path, Client.asAdmin, "X-Schema-Override: new")
          #expect(old.status == 200 && new.status == 200, "\(path): \(old.text) \(new.text)")
          #expect(old.header("X-Schema") == "old" && new.header("X-Schema") == "new", "\(path)")
          #expect(old.body == new.body, "\(path): \(old.text) \(new.text)")
          let names = try new.json().names
          #expect(Set(members + ["organization_id", "organization_name"]).isSubset(of: names), "\(path): \(new.text)")
          #expect(names.count == Set(names).count, "\(path): \(new.text)")
        }
      }
    }
  }

  @Test("what a request may not be is told by its name")
  func faults() async throws {
    try await Self.withSample { client, ids in
      let base = "/api/organizations/\(ids[0])"
      for (target, fields) in [
        ("posts?status=nope", ["status"]), ("posts/x/similar", ["entity_id"]), ("entities/1.5/metrics", ["entity_id"]),
        ("entities/99999999999999999999/metrics", ["entity_id"]), ("conversations/x", ["conversation_id"]),
        ("posts/1/similar?k=x", ["k"]), ("suggestions?limit=x", ["limit"]),
      ] {
        #expect(try await client.get("\(base)/\(target)").faults(400) == fields, "\(target)")
      }
      #expect(try await client.get("\(base)/posts/1/similar?k=101").faults(422) == ["k"])
      for (target, body, status, fields) in [
        ("prompts", "{}", 400, ["name", "template"]), ("prompts", #"{"name":1,"template":"t"}"#, 400, ["name"]),
        ("prompts", #"{"name":"","template":"t"}"#, 422, ["name"]),
        ("prompts", #"{"name":"a","template":"t","more":1}"#, 400, ["more"]),
        ("conversations/\(Self.conversation)", #"{"role":"boss","content":"c"}"#, 400, ["role"]),
        (
          "conversations/\(Self.conversation)", #"{"role":"user","content":"c","retrieved":[1,"2"]}"#, 400,
          ["retrieved"]
        ),
        ("conversations/\(Self.conversation)", #"{"role":"user","content":"c","retrieved":7}"#, 400, ["retrieved"]),
        ("suggestions", #"{"kind":"idea","suggestion":"s","entity_id":1.5}"#, 400, ["entity_id"]),
        ("suggestions", #"{"kind":"idea","suggestion":"s","conversation_id":"x"}"#, 400, ["conversation_id"]),
        ("suggestions/x/feedback", #"{"feedback":"accepted"}"#, 400, ["suggestion_id"]),
      ] as [(String, String, Int, [String])] {
        let answer = try await client.post("\(base)/\(target)", body)
        #expect(try answer.faults(status) == fields, "\(target) \(body): \(answer.text)")
      }
      let many = "[" + (1...101).map(String.init).joined(separator: ",") + "]"
      let tooMany = try await client.post(
        "\(base)/conversations/\(Self.conversation)", #"{"role":"user","content":"c","retrieved":\#(many)}"#)
      #expect(try tooMany.faults(422) == ["retrieved"])
    }
  }

  @Test("prompts have versions, conversations have turns, suggestions get feedback; each organization its own")
  func plainEndpoints() async throws {
    try await Self.withSample { client, ids in
      let (base, other) = ("/api/organizations/\(ids[0])", "/api/organizations/\(ids[1])")
      func post(_ path: String, _ body: String) async throws -> (Int, JSONValue) {
        let answer = try await client.post(path, body)
        return (answer.status, try answer.json())
      }
      for version in 1...2 {
        let added = try await client.post("\(base)/prompts", #"{"name":"caption","template":"v\#(version)"}"#)
        #expect(added.status == 201 && added.text == #"{"name":"caption","version":\#(version)}"#)
      }
      let prompts = try await client.get("\(base)/prompts").json()["prompts"]?.array ?? []
      #expect(prompts.map { $0["template"]?.string } == ["v2", "v1"])
      #expect(prompts.map { $0["is_active"]?.boolean } == [true, false])
      #expect(try await client.get("\(other)/prompts").text == #"{"prompts":[]}"#)

      let posts = try await client.get("\(base)/posts", Client.asAdmin, "X-Schema-Override: new").json()["posts"]?.array
      let own = try #require(posts?.first)
      let foreign = try await client.get("\(other)/posts", Client.asAdmin, "X-Schema-Override: new").json()["posts"]?
        .array
      let (mine, theirs) = (
        try #require(own["entity_id"]?.number), try #require(foreign?.first?["entity_id"]?.number)
      )
      let conversation = "/conversations/\(Self.conversation)"
      for turn in 1...3 {
        let body = #"{"role":"user","content":"c\#(turn)","retrieved":[\#(theirs),\#(mine)],"prompt_name":"caption"}"#
        let added = try await client.post(base + conversation, body)
        #expect(added.status == 201 && added.text == #"{"turn":\#(turn)}"#)
      }
      let turns = try await client.get("\(base)\(conversation)?turns=2").json()["turns"]?.array ?? []
      #expect(turns.map { $0["content"]?.string } == ["c2", "c3"])
      #expect(turns.map { $0["prompt_version"]?.number } == ["2", "2"])
      let retrieved = turns.first?["retrieved"]?.array ?? []
      #expect(retrieved.map { $0["entity_id"]?.number } == [mine], "what is of others is omitted")
      #expect(retrieved.first?["text"] == own["text"])
      #expect(try await client.get("\(other)\(conversation)").text == #"{"turns":[]}"#)
      let noPrompt = try await post(base + conversation, #"{"role":"user","content":"c","prompt_name":"nope"}"#)
      #expect(noPrompt.0 == 404)

      let (status, suggestion) = try await post(
        "\(base)/suggestions", #"{"kind":"caption","suggestion":"s","entity_id":\#(mine)}"#)
      let id = try #require(suggestion["id"]?.string)
      #expect(status == 201)
      let notOurs = try await post(
        "\(base)/suggestions", #"{"kind":"caption","suggestion":"s","entity_id":\#(theirs)}"#)
      #expect(notOurs.0 == 404)
      let feedback = #"{"feedback":"edited","note":"shorter"}"#
      #expect(try await post("\(other)/suggestions/\(id)/feedback", feedback).0 == 404)
      #expect(try await post("\(base)/suggestions/\(id)/feedback", feedback).0 == 200)
      let known = try await client.get("\(base)/suggestions").json()["suggestions"]?.array ?? []
      #expect(known.map { $0["feedback"]?.string } == ["edited"])
      #expect(known.map { $0["feedback_note"]?.string } == ["shorter"])
      #expect(try await client.get("\(other)/suggestions").text == #"{"suggestions":[]}"#)
      #expect(try await client.get("/api/organizations/\(Self.unknown)/prompts").status == 404)
    }
  }

  @Test("turns that come at once get their numbers one after the other")
  func turnsAtOnce() async throws {
    try await Self.withSample { client, ids in
      final class Statuses { var all: [Int] = [] }
      let (statuses, path) = (Statuses(), "/api/organizations/\(ids[0])/conversations/\(Self.conversation)")
      for number in 1...12 {
        client.loop.spawn {
          let answer = try? await client.post(path, #"{"role":"user","content":"c\#(number)"}"#)
          statuses.all.append(answer?.status ?? 0)
        }
      }
      try await eventually("all are answered", on: client.loop) { statuses.all.count == 12 }
      #expect(Set(statuses.all) == [201])
      let turns = try await client.get(path).json()["turns"]?.array ?? []
      #expect(turns.map { $0["turn"]?.number } == (1...12).map { "\($0)" })
      #expect(Set(turns.map { $0["content"]?.string }).count == 12)
    }
  }

  @Test("without a role for the organization nothing of the new schema is answered: 503 where there is no old side")
  func withoutRole() async throws {
    try await Self.withSample { client, ids in
      let path = "/api/organizations/\(ids[0])"
      try await client.run("DELETE FROM social.organization_roles WHERE organization_id = '\(ids[0])'")
      let read = try await client.get("\(path)/posts", Client.asAdmin, "X-Schema-Override: new")
      #expect(read.status == 200 && read.header("X-Schema") == "old" && read.header("X-Schema-Reason") == "fallback")
      #expect(try await client.get("\(path)/prompts").status == 503)
      let body = #"{"name":"caption","template":"t"}"#
      #expect(try await client.post("\(path)/prompts", body).status == 503)
      let written = try await client.value("SELECT count(*) FROM social.ai_prompts")
      #expect(written == "0", "what was written without the role is rolled back")
      #expect(try await client.get("/api/organizations/\(ids[1])/prompts").status == 200)
    }
  }

  @Test("where its tables are not, each call says so")
  func tablesMissing() async throws {
    try await withClient { client in
      for path in ["", "/\(Self.unknown)/posts", "/\(Self.unknown)/prompts", "/\(Self.unknown)/suggestions"] {
        let answer = try await client.get("/api/organizations\(path)")
        #expect(answer.status == 404, "\(path)")
      }
    }
  }
}
