import Cutover
import Migration
import QueryAdapter
import Rollout
import SQL

/// A question on which the schemas differed, asked again.
struct Replay {
  let verdict: Comparison.Verdict
  let differences: [BodyDifference]

  private init(_ verdict: Comparison.Verdict, _ differences: [BodyDifference] = []) {
    self.verdict = verdict
    self.differences = differences
  }

  static func run(_ question: Question, of migration: Migration, in database: any Database) async throws -> Replay {
    return try await OwnScans(migration).snapshot(database) { session in
      let now = try await Comparison.make(of: question, asking: .old, in: session)
      switch now?.outcome {
      case .same?: return Replay(.repaired)
      case .different?: break
      case .oldFailed?, .newFailed?, .bothFailed?, nil: return Replay(.notComparable)
      }
      let reasons = try await AnswerReasons.find(of: question.subject, migration, in: session)
      if reasons.isExcused { return Replay(.explained, now?.differences ?? []) }
      try await reasons.hide(of: migration, in: session)
      let hidden = HiddenRows(migration)
      let rest = try await Comparison.make(of: question.askingOld(hidden.without), asking: .old, in: session)
      try await hidden.show(in: session)
      let isExplained = rest.map { $0.outcome == .same } ?? false
      return Replay(isExplained ? .explained : .different, now?.differences ?? [])
    }
  }
}
