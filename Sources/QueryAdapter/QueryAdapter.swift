import Migration
package import Rollout
package import SQL

/// Answers requests of all services from the schema that their flag names.
package final class QueryAdapter {
  package enum Answer: Equatable {
    case body([UInt8], Choice)
    /// There is no such brand (or whatever the service is about).
    case unknownSubject
    /// The old schema was asked for, and is not up to date any more.
    case oldIsRetired
    /// The schema that was asked last could not answer either.
    case failed(DatabaseError, Choice)
  }

  private let database: any Database
  private let flags: FlagBox
  private let shadows: ShadowReads?

  package init(database: any Database, flags: FlagBox, shadows: ShadowReads? = nil) {
    self.database = database
    self.flags = flags
    self.shadows = shadows
  }

  /// - Parameter override: the schema that the caller insists on.
  package func answer(_ question: Question, override: Schema? = nil) async -> Answer {
    let flag = flags.current.flag(of: question.service.name)
    if flag.isNewOnly, override == .old { return .oldIsRetired }
    let choice = override.map { Choice($0, .override) } ?? flag.choose(key: question.key)
    let answer = await answer(question, choice, mayFallBack: !flag.isNewOnly)
    if !flag.isNewOnly, case .body = answer { shadows?.offer(question, share: flag.shadowPercent) }
    return answer
  }

  private func answer(_ question: Question, _ choice: Choice, mayFallBack: Bool) async -> Answer {
    let first = await ask(choice.schema, question)
    if case .new = choice.schema, !first.isUsable, mayFallBack {
      return await ask(.old, question).answer(Choice(.old, .fallback))
    }
    return first.answer(choice)
  }

  private func ask(_ schema: Schema, _ question: Question) async -> SideAnswer {
    do {
      let rows = try await database.read(question.statements(for: schema))
      return SideAnswer(subject: rows[0], rows: rows[1], question)
    } catch {
      return .failed(error)
    }
  }
}
