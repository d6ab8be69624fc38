import QueryAdapter
import Rollout
import SQL
import Testing

/// The route is decided once for each request.
@Suite struct RouteTests {
  private static let body = ScriptedDatabase.Side.rows(subject: Rows("id", rows: [["x"]]), Rows("section", rows: []))
  private static let failing = ScriptedDatabase.Side.failing(DatabaseError(.timedOut, doing: "x"))

  private static var newForAll: FlagSet {
    var flag = Flag(service: SampleQuestion.service)
    flag.useNewSchema = true
    flag.canaryPercent = .all
    return FlagSet([flag])
  }

  @Test("a flag that turns while a request is under way does not move it", arguments: [true, false])
  func turningFlag(_ turnsOn: Bool) async {
    let flags = FlagBox()
    flags.set(turnsOn ? FlagSet() : Self.newForAll)
    let database = ScriptedDatabase(["subject.old": Self.body, "subject.new": Self.body]) { _ in
      flags.set(turnsOn ? Self.newForAll : FlagSet())
    }
    let adapter = QueryAdapter(database: database, flags: flags)
    let first = await adapter.answer(SampleQuestion.about())
    let second = await adapter.answer(SampleQuestion.about())
    #expect(first.choice == Choice(turnsOn ? .old : .new, .flag))
    #expect(second.choice == Choice(turnsOn ? .new : .old, .flag), "the next request sees the turn")
  }

  @Test("a flag that turns off while new fails leaves the reason at fallback")
  func turningFlagBeforeFallback() async {
    let flags = FlagBox()
    flags.set(Self.newForAll)
    let database = ScriptedDatabase(["subject.old": Self.body, "subject.new": Self.failing]) { _ in
      flags.set(FlagSet())
    }
    let answer = await QueryAdapter(database: database, flags: flags).answer(SampleQuestion.about())
    #expect(answer.choice == Choice(.old, .fallback))
  }

  @Test("another service's flag does not matter")
  func otherService() async {
    let flags = FlagBox()
    var flag = Flag(service: "another")
    flag.useNewSchema = true
    flag.canaryPercent = .all
    flags.set(FlagSet([flag]))
    let database = ScriptedDatabase(["subject.old": Self.body])
    let answer = await QueryAdapter(database: database, flags: flags).answer(SampleQuestion.about())
    #expect(answer.choice == Choice(.old, .flag))
  }

  @Test("subject and rows are asked in one round trip, with the question's binds", arguments: Schema.allCases)
  func oneRoundTrip(_ schema: Schema) async {
    let database = ScriptedDatabase(["subject.old": Self.body, "subject.new": Self.body])
    _ = await QueryAdapter(database: database, flags: FlagBox()).answer(SampleQuestion.about(), override: schema)
    #expect(database.names == [["subject.\(schema.rawValue)", "rows.\(schema.rawValue)"]])
    #expect(database.binds == [[[.text(SampleQuestion.subject)], SampleQuestion.binds]])
  }
}

extension QueryAdapter.Answer {
  fileprivate var choice: Choice? { if case .body(_, let choice) = self { choice } else { nil } }
}
