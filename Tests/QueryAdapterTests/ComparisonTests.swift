import Migration
import Rollout
import SQL
import Testing

@testable import QueryAdapter

/// Every outcome of both sides, whichever is asked first.
@Suite struct ComparisonTests {
  enum Side: CaseIterable, Sendable { case body, otherBody, unknownSubject, refused, timedOut, lost, repairing }

  private static func expected(old: Side, new: Side) -> Comparison.Outcome? {
    let (oldFails, newFails) = ([.refused, .timedOut].contains(old), [.refused, .timedOut].contains(new))
    switch (old, new) {
    case (.lost, _), (_, .lost), (_, .repairing): return nil
    case (.unknownSubject, .unknownSubject): return nil
    case _ where oldFails && newFails: return .bothFailed
    case _ where oldFails: return .oldFailed
    case _ where newFails: return .newFailed
    default: return old == new ? .same : .different
    }
  }

  private static func rows(_ side: Side) -> ScriptedDatabase.Side {
    let subject = Rows("id", rows: [["s"]])
    func points(_ value: String) -> Rows { Rows("section", "day", "value#", rows: [["points", "monday", value]]) }
    return switch side {
    case .body: .rows(subject: subject, points("1.50"))
    case .otherBody: .rows(subject: subject, points("1.51"))
    case .unknownSubject: .rows(subject: Rows("id", rows: []), Rows("section", rows: []))
    case .refused: .failing(DatabaseError(.refused(.undefinedTable), doing: "test"))
    case .timedOut: .failing(DatabaseError(.timedOut, doing: "test"))
    case .lost: .failing(DatabaseError(.connectionLost, doing: "test"))
    case .repairing:
      .rows(subject: Rows("id", "needs_repair?", rows: [["s", "t"]]), points("1.50"))
    }
  }

  @Test("the outcome", arguments: Schema.allCases)
  func outcomes(_ first: Schema) async {
    for old in Side.allCases where old != .repairing {
      for new in Side.allCases {
        let database = ScriptedDatabase(["subject.old": Self.rows(old), "subject.new": Self.rows(new)])
        let label = Comment("old \(old), new \(new), \(first) first")
        var answers: [SideAnswer?] = []
        let comparison = await Comparison.make(
          of: SampleQuestion.about(), asking: first, within: Comparison.Limits(first: 10, other: 20), in: database,
          answered: { answers.append($0) })
        #expect(answers.count == 1, label)
        #expect((answers.first.flatMap { $0 } == nil) == ((first == .old ? old : new) == .lost), label)
        #expect(comparison?.outcome == Self.expected(old: old, new: new), label)
        guard let comparison else { continue }
        if comparison.outcome == .different, ![old, new].contains(.unknownSubject) {
          let values = old == .body ? ("1.50", "1.51") : ("1.51", "1.50")
          #expect(comparison.differences.map(\.path) == ["points[0].value"], label)
          #expect(
            comparison.differences.map(\.old) == [values.0] && comparison.differences.map(\.new) == [values.1], label)
        } else {
          #expect(comparison.differences.isEmpty == (comparison.outcome != .different), label)
        }
      }
    }
  }
}
