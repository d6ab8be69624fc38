import EventLoop
import Migration
import QueryAdapter
import Rollout
import Testing
import TestSupport

@Suite(.serialized) struct SocialServicesTests {
  private static let keys = 40
  private static let days =
    ["0001-01-01", "2025-05-31", "2025-06-01", "2025-06-02", "2025-06-03", "2025-06-04", "9999-12-31"]
  private static let metrics = ["likes", "impressions", "x_rate", "engagement_rate", "reel_plays", "zz"]

  private static func given(
    to parameter: Parameter, _ key: Int, _ random: inout SeededGenerator
  ) -> StageQuestion.Given {
    switch parameter {
    case .days:
      let days = [random.pick(days), random.pick(days)].sorted()
      return .days(days[0], days[1])
    case .list(let name): return .list(name, random.chance(2) ? nil : random.some(0...3, of: metrics))
    case .choice(let name, let choices): return .text(name, random.pick(choices + [choices[0]]))
    case .integer(let name, let range, let standard):
      return .integer(name, random.pick([1, 2, 5, standard, range.upperBound]))
    case .key(let name): return .integer(name, random.chance(20) ? random.pick([0, -1, .max]) : key)
    case .segment, .uuid: preconditionFailure("no endpoint has one")
    }
  }

  @Test("every service gives the same bytes from both schemas, whatever is asked and whatever was changed before")
  func sameBytes() async throws {
    let seed = UInt64.random(in: .min ... .max)
    print("seed \(seed)")
    try await SocialStage.use(keys: Self.keys) { stage in
      var change = SocialChange(keys: Self.keys, seed: seed)
      var bodies: [String: Set<String>] = [:]
      for round in 0..<4 {
        try await stage.runUnseen(round == 0 ? change.fill(700) : change.some(150))
        if round > 1 { try await stage.run(change.move(), change.move()) }
        try await stage.backfill()
        try await stage.repair()
        let known = try await stage.rows(
          """
          SELECT p.organization_id, p.entity_id FROM social.posts_core p
          UNION ALL SELECT e.organization_id, e.entity_id FROM social.embeddings e
          UNION ALL SELECT t.organization_id, t.entity_id FROM social.time_series_metrics t
          ORDER BY 1, 2
          """)
        let organizations = try await stage.rows("SELECT w.id FROM social.workspaces w ORDER BY 1").map { $0[0]! }
        for service in stage.migration.services {
          for endpoint in service.endpoints {
            for _ in 0..<20 {
              let one = change.random.pick(known)
              let organization = change.random.chance(6) ? change.random.pick(organizations) : one[0]!
              let question = StageQuestion(
                service: service, endpoint: endpoint,
                given: endpoint.parameters.map { Self.given(to: $0, Int(one[1]!)!, &change.random) },
                subject: organization)
              let old = try await stage.body(question, from: .old)
              let new = try await stage.body(question, from: .new)
              #expect(Array(old.utf8) == Array(new.utf8), "seed \(seed), round \(round): \(question.label)")
              bodies[endpoint.path, default: []].insert(old)
            }
          }
        }
      }
      #expect(bodies.count == 4)
      for (path, bodies) in bodies { #expect(bodies.count > 20, "seed \(seed): \(path) \(bodies.count)") }
    }
  }

  @Test("an organization is known to both schemas or to none, also after it has come, changed its name, and gone")
  func subjects() async throws {
    try await SocialStage.use(keys: 3) { stage in
      let service = stage.migration.services[0]
      func answers(_ id: String) async -> [QueryAdapter.Answer] {
        let question = StageQuestion(
          service: service, endpoint: service.endpoints[0],
          given: [.days("2025-06-01", "2025-06-30"), .text("status", "all"), .integer("limit", 5)], subject: id)
        var answers: [QueryAdapter.Answer] = []
        for schema in [Schema.old, .new] {
          answers.append(await stage.adapter.answer(question.asked(of: stage.migration), override: schema))
        }
        return answers
      }
      let (id, name) = (SocialChange.late, "new \u{1F642}")
      #expect(await answers(id) == [.unknownSubject, .unknownSubject])
      for (write, said) in [
        ("INSERT INTO social.workspaces (id, name, slug) VALUES ('\(id)', '\(name)', 'slug')", name),
        ("UPDATE social.workspaces SET name = 'other', slug = 'other' WHERE id = '\(id)'", "other"),
      ] {
        try await stage.run(write)
        let found = await answers(id)
        guard case .body(let old, Choice(.old, .override)) = found[0],
          case .body(let new, Choice(.new, .override)) = found[1]
        else { return #expect(Bool(false), "\(write): \(found)") }
        #expect(old == new)
        #expect(String(decoding: new, as: UTF8.self).contains("\"organization_name\":\"\(said)\""), "\(write)")
      }
      try await stage.run("DELETE FROM social.workspaces WHERE id = '\(id)'")
      #expect(await answers(id) == [.unknownSubject, .unknownSubject])
    }
  }

  @Test("while an entity of an organization awaits repair, the old schema answers for that one, and new for the others")
  func fallsBack() async throws {
    try await SocialStage.use(keys: 9) { stage in
      let service = stage.migration.services[0]
      func question(_ organization: String) -> StageQuestion {
        StageQuestion(
          service: service, endpoint: service.endpoints[0],
          given: [.days("2025-06-01", "2025-06-30"), .text("status", "all"), .integer("limit", 5)],
          subject: organization)
      }
      let (mine, other) = (SocialChange.workspaces[0], SocialChange.workspaces[1])
      try await stage.run(
        "BEGIN ISOLATION LEVEL REPEATABLE READ",
        """
        INSERT INTO social.posts (id, workspace_id, platform, status, created_at)
        VALUES (1, '\(mine)', 'x', 'draft', '2025-06-05Z')
        """, "COMMIT")
      #expect(try await stage.queued().keys.sorted() == [1])
      let answer = await stage.adapter.answer(question(mine).asked(of: stage.migration), override: .new)
      guard case .body(let bytes, let choice) = answer else { return #expect(Bool(false), "\(answer)") }
      #expect(choice == Choice(.old, .fallback))
      #expect(String(decoding: bytes, as: UTF8.self).contains("\"entity_id\":1"))
      #expect(try await stage.body(question(other), from: .new) == stage.body(question(other), from: .old))
      try await stage.repair()
      #expect(try await stage.body(question(mine), from: .new) == String(decoding: bytes, as: UTF8.self))
    }
  }
}
