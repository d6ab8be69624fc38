import EventLoop
import Migration
import Postgres
import QueryAdapter
import Rollout
import SQL
import Testing
import TestSupport

/// Whatever is asked for one organization, nothing of another one comes back.
@Suite(.serialized) struct SocialTenantTests {
  private static let reads = 1_000

  private static func withTenants(_ body: @escaping @Sendable (SocialTenants) async throws -> Void) async throws {
    try await SocialStage.use(keys: 0) { stage in try await body(try await SocialTenants.fill(stage)) }
  }

  private static func text(_ rows: Rows) -> String {
    (0..<rows.count).map { row in
      rows.columns.indices.map { rows.string(row: row, column: $0) ?? "" }.joined(separator: "|")
    }.joined(separator: "\n")
  }

  @Test("1,000 statements of tenants' roles that want what is another's: nothing of it is shown or changed")
  func sql() async throws {
    let seed = UInt64.random(in: .min ... .max)
    print("seed \(seed)")
    try await Self.withTenants { tenants in
      var random = SeededGenerator(seed: seed)
      var logins: [Connection] = []
      defer { for login in logins { login.close() } }
      var roles: [String] = []
      for number in 1...SocialTenants.count {
        logins.append(try await tenants.login(number))
        roles.append(try await tenants.role(number))
      }
      let group = try await tenants.stage.value("SELECT social.tenant_role(NULL)")!
      let before = try await tenants.stage.newLines()
      var seen: [SocialTrespass.Outcome: Int] = [:]
      for _ in 0..<Self.reads {
        let mine = random.within(1...SocialTenants.count)
        let other = (mine + random.within(0...SocialTenants.count - 2)) % SocialTenants.count + 1
        let trespass = SocialTrespass.some(mine, other, otherRole: roles[other - 1], group: group, &random)
        let what = "seed \(seed), \(mine) of \(other): \(trespass.statements.joined(separator: "; "))"
        _ = try await logins[mine - 1].query(Statement("BEGIN"))
        var rows: Rows?
        var refusal: DatabaseError?
        do {
          for statement in trespass.statements { rows = try await logins[mine - 1].query(Statement(statement)) }
        } catch { refusal = error as? DatabaseError }
        for statement in ["ROLLBACK", "DEALLOCATE ALL"] { _ = try await logins[mine - 1].query(Statement(statement)) }
        #expect(SocialTenants.leaks(in: rows.map(Self.text) ?? "", to: mine) == [], "\(what)")
        switch trespass.outcome {
        case .own: #expect(refusal == nil && rows?.isEmpty == false, "\(what): \(String(describing: refusal))")
        case .nothing: #expect(refusal == nil && rows?.isEmpty == true, "\(what): \(String(describing: refusal))")
        case .refused:
          let state = refusal?.state?.description
          #expect(state == "42501" || state == "22023", "\(what): \(String(describing: refusal))")
        }
        #expect(
          SocialTenants.leaks(in: refusal?.description ?? "", to: mine).allSatisfy { what.contains($0) }, "\(what)")
        seen[trespass.outcome, default: 0] += 1
      }
      #expect(seen.count == 3 && seen.values.allSatisfy { $0 > 100 }, "\(seen)")
      #expect(try await tenants.stage.newLines() == before)
    }
  }

  /// Asked under one organization for what is another's, or for its own.
  private static func question(
    _ tenants: SocialTenants, under number: Int, for other: Int, isFailing: Bool = false,
    _ random: inout SeededGenerator
  ) -> StageQuestion {
    let service = random.pick(tenants.stage.migration.services)
    let endpoint = random.pick(service.endpoints)
    let given = endpoint.parameters.map { parameter -> StageQuestion.Given in
      switch parameter {
      case .days: isFailing ? .days("no day", "") : .days("2025-01-01", "2025-12-31")
      case .list(let name): .list(name, nil)
      case .choice(let name, let choices): .text(name, random.pick(choices))
      case .integer(let name, let range, _):
        isFailing ? .text(name, "no number") : .integer(name, range.upperBound)
      case .key(let name): .integer(name, SocialTenants.entity(other, random.below(SocialTenants.posts)))
      case .segment, .uuid: preconditionFailure("no endpoint has one")
      }
    }
    return StageQuestion(
      service: service, endpoint: endpoint, given: given, subject: SocialTenants.organization(number))
  }

  @Test("1,000 requests for entities of another organization, many at once on one connection: no body holds its mark")
  func api() async throws {
    let seed = UInt64.random(in: .min ... .max)
    print("seed \(seed)")
    try await Self.withTenants { tenants in
      let stage = SocialStage.join(tenants.stage.settings, on: tenants.stage.loop, connections: 1)
      defer { stage.close() }
      var random = SeededGenerator(seed: seed)
      var own = 0
      var failed = 0
      for _ in 0..<Self.reads / 20 {
        let asked = (0..<24).map { place in
          let mine = random.within(1...SocialTenants.count)
          let other = (mine + random.within(0...SocialTenants.count - 2)) % SocialTenants.count + 1
          // Some for what is theirs, and some that PostgreSQL refuses, between them.
          let question = Self.question(
            tenants, under: mine, for: place % 8 == 0 ? mine : other, isFailing: place % 12 == 5, &random)
          return (mine: mine, question: question.asked(of: stage.migration), label: question.label)
        }
        let answers = Answers()
        let adapter = stage.adapter
        for (place, (_, question, _)) in asked.enumerated() {
          stage.loop.spawn {
            answers.add(await adapter.answer(question, override: .new), at: place)
            answers.roles.append((try? await stage.value("SELECT current_user || ' ' || session_user")) ?? "none")
          }
        }
        try await eventually("all are answered", on: stage.loop) { answers.roles.count == asked.count }
        #expect(Set(answers.roles) == ["switchyard switchyard"], "seed \(seed)")
        for (place, (mine, _, label)) in asked.enumerated() {
          switch answers.all[place] {
          case .body(let bytes, let choice)?:
            let body = String(decoding: bytes, as: UTF8.self)
            #expect(choice == Choice(.new, .override), "seed \(seed): \(label)")
            #expect(body.contains("\(SocialTenants.mark(mine))name"), "seed \(seed): \(label)")
            let leaks = SocialTenants.leaks(in: Self.withoutEcho(body), to: mine)
            #expect(leaks == [], "seed \(seed): \(label)")
            if body.contains("\(SocialTenants.mark(mine))text") { own += 1 }
          case .failed?:
            #expect(label.contains("no "), "seed \(seed): \(label)")
            failed += 1
          case let answer: Issue.record("seed \(seed): \(label): \(String(describing: answer))")
          }
        }
      }
      #expect(own > 100 && failed > 20, "\(own) \(failed)")
    }
  }

  /// The body without the entity that was asked for, which it repeats.
  private static func withoutEcho(_ body: String) -> String {
    body.replacing(/"entity_id":\d+,"(start|k)"/) { "\"\($0.output.1)\"" }
  }

  private final class Answers {
    var all: [Int: QueryAdapter.Answer] = [:]
    var roles: [String] = []

    func add(_ answer: QueryAdapter.Answer, at place: Int) { all[place] = answer }
  }

  @Test("a statement whose WHERE was forgotten, asked as a service is, gives the rows of the organization alone")
  func forgottenCondition() async throws {
    try await Self.withTenants { tenants in
      for table in SocialTrespass.tables {
        for number in 1...SocialTenants.count {
          let statement = Statement("SELECT * FROM social.\(table) WHERE $1::int = 1")
          let scoped = tenants.stage.migration.subject.scoped(
            statement, [.integer(1)], id: SocialTenants.organization(number))
          let rows = try await tenants.stage.pool.read(scoped)
          let found = try #require(tenants.stage.migration.subject.rows(ofScoped: rows[...]))
          let text = Self.text(found)
          #expect(!found.isEmpty && SocialTenants.leaks(in: text, to: number) == [], "\(table)")
        }
        let all = try await tenants.stage.count("social.\(table)")
        #expect(all >= SocialTenants.count, "\(table)")
      }
    }
  }

  @Test("without roles the new schema says nothing: the old one answers, and once that is retired nobody does")
  func withoutRoles() async throws {
    try await Self.withTenants { tenants in
      let stage = tenants.stage
      var random = SeededGenerator(seed: 1)
      let questions = (0..<12).map { _ in Self.question(tenants, under: 1, for: 1, &random) }
      var bodies: [String] = []
      for question in questions { bodies.append(try await stage.body(question, from: .new)) }
      try await stage.run("DELETE FROM social.organization_roles")
      for (question, body) in zip(questions, bodies) {
        let answer = await stage.adapter.answer(question.asked(of: stage.migration), override: .new)
        guard case .body(let bytes, Choice(.old, .fallback)) = answer else {
          Issue.record("\(question.label): \(answer)")
          continue
        }
        #expect(String(decoding: bytes, as: UTF8.self) == body, "\(question.label)")
      }
      let retired = FlagBox()
      retired.set(
        FlagSet(
          stage.migration.services.map {
            var flag = Flag(service: $0.name)
            flag.isNewOnly = true
            return flag
          }))
      let adapter = QueryAdapter(database: stage.pool, flags: retired)
      for question in questions {
        guard case .failed(let error, Choice(.new, .flag)) = await adapter.answer(question.asked(of: stage.migration))
        else {
          Issue.record("\(question.label)")
          continue
        }
        #expect(error.cause == .unavailable, "\(question.label)")
      }
      _ = try await stage.pool.query(Statement("SELECT social.make_tenant_roles()"))
      for (question, body) in zip(questions, bodies) {
        #expect(try await stage.body(question, from: .new) == body, "\(question.label)")
      }
    }
  }

  @Test("no statistics are made of what anybody has written, since EXPLAIN would tell them")
  func statistics() async throws {
    try await Self.withTenants { tenants in
      try await tenants.stage.run("ANALYZE")
      let told = try await tenants.stage.rows(
        """
        SELECT DISTINCT c.relname || '.' || a.attname
        FROM pg_statistic s
        JOIN pg_class c ON c.oid = s.starelid
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = s.staattnum
        WHERE (c.relforcerowsecurity OR c.relispartition) AND c.relnamespace = 'social'::regnamespace
          AND NOT a.atttypid = ANY ('{int4,int8,timestamptz,bool,float8}'::regtype[])
        ORDER BY 1
        """
      ).map { $0[0]! }
      let enumerations = ["organization_id", "platform", "status", "entity_type", "kind", "role", "feedback"]
      #expect(
        !told.isEmpty && told.allSatisfy { column in enumerations.contains { column.hasSuffix(".\($0)") } }, "\(told)")
    }
  }

  @Test("after a question in a scope the session has the role that it had before")
  func leavesTheScope() async throws {
    try await Self.withTenants { tenants in
      let stage = tenants.stage
      try await stage.run("CREATE ROLE \(Self.before) SUPERUSER")
      let subject = stage.migration.subject
      let statements = subject.scoped(
        Statement("SELECT current_user"), [], id: SocialTenants.organization(1))
      let asked = try await stage.pool.transaction { session in
        try await session.run(script: "SET LOCAL ROLE \(Self.before)")
        let rows = try await session.read(statements)
        let inside = subject.rows(ofScoped: rows[...])?.string(row: 0, column: 0)
        return (inside, try await session.query(Statement("SELECT current_user")).string(row: 0, column: 0))
      }
      try await stage.run("DROP ROLE \(Self.before)")
      let role = try await tenants.role(1)
      #expect(asked.0 == role && asked.1 == Self.before)
    }
  }

  private static let before = "social_tenant_tests_before"

  @Test("who may only read tables can neither copy nor follow: the engine's functions are its own")
  func functions() async throws {
    try await Self.withTenants { tenants in
      let open = try await tenants.stage.rows(
        """
        SELECT p.proname FROM pg_proc p
        CROSS JOIN LATERAL aclexplode(COALESCE(p.proacl, acldefault('f', p.proowner))) a
        WHERE p.prosecdef AND a.grantee = 0 AND p.prorettype <> 'trigger'::regtype
          AND p.pronamespace IN ('social'::regnamespace, 'switchyard'::regnamespace)
        """)
      #expect(open == [])
    }
  }
}
