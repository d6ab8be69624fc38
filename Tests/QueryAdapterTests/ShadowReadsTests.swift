import EventLoop
import QueryAdapter
import Rollout
import SQL
import Synchronization
import TestSupport
import Testing

@Suite struct ShadowReadsTests {
  private static let side = ScriptedDatabase.Side.rows(
    subject: Rows("id", rows: [["s"]]), Rows("section", "day", rows: [["points", "monday"]]))

  private static func database(
    hasConnection: Bool = true, beforeAnswer: @escaping @Sendable (String) async -> Void = { _ in }
  ) -> ScriptedDatabase {
    ScriptedDatabase(
      ["subject.old": side, "subject.new": side], hasConnection: hasConnection, beforeAnswer: beforeAnswer)
  }

  private static func body(_ choice: Choice) -> QueryAdapter.Answer {
    .body(Array(#"{"id":"s","points":[{"day":"monday"}]}"#.utf8), choice)
  }

  /// An adapter whose flag compares a share of the requests, and what it tells of them.
  private final class Stage {
    let adapter: QueryAdapter
    var compared = 0
    var shed = 0
    var notComparable = 0
    var hasCapacity = true

    init(
      _ flag: Flag?, comparing database: ScriptedDatabase, answering other: ScriptedDatabase? = nil, on loop: EventLoop
    ) {
      let flags = FlagBox()
      if let flag { flags.set(FlagSet([flag])) }
      var tell: (ShadowReads.Report) -> Void = { _ in }
      var hasCapacity = { true }
      let shadows = ShadowReads(
        in: database, hasCapacity: { hasCapacity() }, newMillisecondsMax: 1_234, on: loop, report: { tell($0) })
      adapter = QueryAdapter(database: other ?? database, flags: flags, shadows: shadows)
      tell = { [unowned self] report in
        switch report {
        case .compared: compared += 1
        case .shed: shed += 1
        case .notComparable: notComparable += 1
        }
      }
      hasCapacity = { [unowned self] in self.hasCapacity }
    }

    func ask() async -> QueryAdapter.Answer { await adapter.answer(SampleQuestion.about()) }
  }

  private static func flag(_ schema: Schema, share: Percent = .all) -> Flag {
    var flag = Flag(service: SampleQuestion.service)
    flag.useNewSchema = schema == .new
    flag.canaryPercent = .all
    flag.shadowPercent = share
    return flag
  }

  @Test("the side that answers is asked first, once, and the other within its limit", arguments: Schema.allCases)
  func order(_ schema: Schema) async throws {
    try await onLoop { loop in
      let (database, other) = (Self.database(), Self.database())
      let stage = Stage(Self.flag(schema), comparing: database, answering: other, on: loop)
      #expect(await stage.ask() == Self.body(Choice(schema, .flag)))
      try await eventually("it is compared", on: loop) { stage.compared == 1 }
      let (old, new) = (["subject.old", "rows.old"], ["subject.new", "rows.new"])
      let limit = ["time_limit"]
      #expect(database.names == (schema == .old ? [old, limit + new] : [limit + new, limit + old]))
      let limits = database.binds.flatMap { $0 }.filter { $0.count == 1 && $0 != [.text(SampleQuestion.subject)] }
      #expect(limits == (schema == .old ? [[.integer(2_000)]] : [[.integer(1_234)], [.integer(2_000)]]))
      #expect(other.names.isEmpty)
    }
  }

  @Test("the client has its answer while the other side is still asked")
  func answersFirst() async throws {
    try await onLoop { loop in
      let isReleased = Mutex(false)
      let database = Self.database { name in
        while name == "subject.new", !isReleased.withLock({ $0 }) { try? await Task.sleep(for: .milliseconds(1)) }
      }
      let stage = Stage(Self.flag(.old), comparing: database, on: loop)
      #expect(await stage.ask() == Self.body(Choice(.old, .flag)))
      try await eventually("the other side is asked", on: loop) { database.names.count == 2 }
      #expect(stage.compared == 0)
      isReleased.withLock { $0 = true }
      try await eventually("it is compared", on: loop) { stage.compared == 1 }
    }
  }

  @Test("without a free connection requests are answered all the same, by the others")
  func sheds() async throws {
    try await onLoop { loop in
      let (database, other) = (Self.database(), Self.database())
      let stage = Stage(Self.flag(.old), comparing: database, answering: other, on: loop)
      stage.hasCapacity = false
      for _ in 0..<3 { #expect(await stage.ask() == Self.body(Choice(.old, .flag))) }
      #expect(stage.shed == 3 && database.names.isEmpty && other.names.count == 3)
      stage.hasCapacity = true
      _ = await stage.ask()
      try await eventually("it is compared", on: loop) { stage.compared == 1 }
      #expect(stage.shed == 3 && stage.notComparable == 0)
    }
  }

  @Test("where no connection can be had after all the others answer")
  func noConnection() async throws {
    try await onLoop { loop in
      let other = Self.database()
      let stage = Stage(
        Self.flag(.old), comparing: Self.database(hasConnection: false), answering: other, on: loop)
      #expect(await stage.ask() == Self.body(Choice(.old, .flag)))
      #expect(other.names.count == 1)
      try await eventually("it is told", on: loop) { stage.notComparable == 1 }
    }
  }

  @Test("every answer is as it would be without comparing", arguments: AnswerTests.routes)
  func answers(_ route: AnswerTests.Route) async throws {
    try await onLoop { loop in
      for override in [nil, Schema.old, .new] {
        for new in AnswerTests.Outcome.allCases {
          for old in AnswerTests.Outcome.allCases where old != .repairing {
            let database = ScriptedDatabase(
              ["subject.old": AnswerTests.side(old, "old"), "subject.new": AnswerTests.side(new, "new")])
            var flag = route.flag
            flag?.shadowPercent = .all
            let stage = Stage(flag, comparing: database, on: loop)
            let chosen = override.map { Choice($0, .override) } ?? Choice(route.schema, route.reason)
            let answer = await stage.adapter.answer(SampleQuestion.about(key: route.key), override: override)
            #expect(
              answer == AnswerTests.expected(chosen, new: new, old: old).0,
              "\(route.label), override \(override.map(\.rawValue) ?? "none"), new \(new), old \(old)")
            guard flag != nil else { continue }
            try await eventually("it is told", on: loop) { stage.compared + stage.notComparable == 1 }
          }
        }
      }
    }
  }

  @Test("the share of the requests that is compared", arguments: [0, 1, 1_000, 5_000, 9_999, 10_000])
  func share(_ hundredths: Int) async throws {
    try await onLoop { loop in
      let stage = Stage(
        Self.flag(.old, share: Percent(hundredths: hundredths)!), comparing: Self.database(), on: loop)
      let count = 20_000
      for _ in 0..<count { _ = await stage.ask() }
      let expected = Double(count * hundredths) / 10_000
      // Six standard deviations.
      let slack = 6 * (expected * (1 - Double(hundredths) / 10_000)).squareRoot()
      #expect(abs(Double(stage.compared) - expected) <= slack, "\(stage.compared) of \(expected)")
      #expect(stage.shed == 0 && stage.notComparable == 0)
    }
  }
}
