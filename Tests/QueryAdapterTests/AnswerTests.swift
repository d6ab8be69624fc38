import Migration
import QueryAdapter
import Rollout
import SQL
import Testing

/// Every state of the flag, every override and every outcome of both sides.
@Suite struct AnswerTests {
  struct Route: Sendable {
    let label: String
    let flag: Flag?
    let key: String
    let schema: Schema
    let reason: Choice.Reason
  }

  enum Outcome: CaseIterable, Sendable {
    case body, unknownSubject, refused, undefinedTable, timedOut, lost, away, repairing
  }

  /// A key in the lower half of the buckets, and one in the upper half.
  private static let (low, high) = {
    let keys = (0..<100).map { "key \($0)" }
    func number(_ key: String) -> Int { Bucket(key: key, service: SampleQuestion.service).number }
    return (keys.first { number($0) < 5_000 }!, keys.first { number($0) >= 5_000 }!)
  }()

  private static func flag(_ isOn: Bool, _ percent: Int) -> Flag {
    var flag = Flag(service: SampleQuestion.service)
    flag.useNewSchema = isOn
    flag.canaryPercent = Percent(hundredths: percent * 100)!
    return flag
  }

  static let routes = [
    Route(label: "flags never read", flag: nil, key: low, schema: .old, reason: .flag),
    Route(label: "off at 0", flag: flag(false, 0), key: low, schema: .old, reason: .flag),
    Route(label: "off at 50, low key", flag: flag(false, 50), key: low, schema: .old, reason: .flag),
    Route(label: "off at 100", flag: flag(false, 100), key: low, schema: .old, reason: .flag),
    Route(label: "on at 0, low key", flag: flag(true, 0), key: low, schema: .old, reason: .canary),
    Route(label: "on at 50, low key", flag: flag(true, 50), key: low, schema: .new, reason: .canary),
    Route(label: "on at 50, high key", flag: flag(true, 50), key: high, schema: .old, reason: .canary),
    Route(label: "on at 100, low key", flag: flag(true, 100), key: low, schema: .new, reason: .flag),
    Route(label: "on at 100, high key", flag: flag(true, 100), key: high, schema: .new, reason: .flag),
  ]

  @Test("the schema that answers, and why", arguments: routes)
  func answersFromTheChosenSchema(_ route: Route) async {
    for override in [nil, Schema.old, .new] {
      for new in Outcome.allCases {
        for old in Outcome.allCases where old != .repairing {
          let run = await Self.run(route, override, new: new, old: old)
          let chosen = override.map { Choice($0, .override) } ?? Choice(route.schema, route.reason)
          let (expected, asked) = Self.expected(chosen, new: new, old: old)
          let label = Comment("\(route.label), override \(override.map(\.rawValue) ?? "none"), new \(new), old \(old)")
          #expect(run.answer == expected, label)
          #expect(run.asked == asked, label)
        }
      }
    }
  }

  /// From the contract (api.md, section 2): new that fails, or awaits repair, is answered from old as a fallback.
  static func expected(
    _ chosen: Choice, new: Outcome, old: Outcome
  ) -> (QueryAdapter.Answer, asked: [[String]]) {
    let (askOld, askNew) = (["subject.old", "rows.old"], ["subject.new", "rows.new"])
    func fromOld(_ reason: Choice.Reason) -> QueryAdapter.Answer {
      switch old {
      case .body: .body(Array(#"{"id":"old","points":[]}"#.utf8), Choice(.old, reason))
      case .unknownSubject: .unknownSubject
      default: .failed(error(old, "old"), Choice(.old, reason))
      }
    }
    guard chosen.schema == .new else { return (fromOld(chosen.reason), [askOld]) }
    switch new {
    case .body: return (.body(Array(#"{"id":"new","points":[]}"#.utf8), chosen), [askNew])
    case .unknownSubject: return (.unknownSubject, [askNew])
    default: return (fromOld(.fallback), [askNew, askOld])
    }
  }

  private static func run(
    _ route: Route, _ override: Schema?, new: Outcome, old: Outcome
  ) async -> (answer: QueryAdapter.Answer, asked: [[String]]) {
    let database = ScriptedDatabase(["subject.old": side(old, "old"), "subject.new": side(new, "new")])
    let flags = FlagBox()
    if let flag = route.flag { flags.set(FlagSet([flag])) }
    let adapter = QueryAdapter(database: database, flags: flags)
    return (await adapter.answer(SampleQuestion.about(key: route.key), override: override), database.names)
  }

  static func side(_ outcome: Outcome, _ name: String) -> ScriptedDatabase.Side {
    let noPoints = Rows("section", rows: [])
    return switch outcome {
    case .body: .rows(subject: Rows("id", "needs_repair?", rows: [[name, "f"]]), noPoints)
    case .repairing: .rows(subject: Rows("id", "needs_repair?", rows: [[name, "t"]]), noPoints)
    case .unknownSubject: .rows(subject: Rows("id", "needs_repair?", rows: []), noPoints)
    default: .failing(error(outcome, name))
    }
  }

  private static func error(_ outcome: Outcome, _ doing: String) -> DatabaseError {
    let cause: DatabaseError.Cause =
      switch outcome {
      case .undefinedTable: .refused(.undefinedTable)
      case .timedOut: .timedOut
      case .lost: .connectionLost
      case .away: .unavailable
      default: .refused(SQLState("22012"))
      }
    return DatabaseError(cause, doing: doing)
  }
}
