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
  private let trial: any Database
  private let flags: FlagBox
  private let watch: CanaryWatch
  private let shadows: ShadowReads?

  /// - Parameter trial: where new is asked while old can still answer. With connections of its own and a shorter time
  ///   limit, a new side that hangs takes nothing from old. nil: the same database.
  package init(
    database: any Database, trial: (any Database)? = nil, flags: FlagBox, watch: CanaryWatch = CanaryWatch(),
    shadows: ShadowReads? = nil
  ) {
    self.database = database
    self.trial = trial ?? database
    self.flags = flags
    self.watch = watch
    self.shadows = shadows
  }

  /// - Parameter override: the schema that the caller insists on.
  package func answer(_ question: Question, override: Schema? = nil) async -> Answer {
    let flag = flags.current.flag(of: question.service.name)
    if flag.isNewOnly, override == .old { return .oldIsRetired }
    let choice = override.map { Choice($0, .override) } ?? flag.choose(key: question.key)
    return await answer(question, choice, flag)
  }

  private func answer(_ question: Question, _ choice: Choice, _ flag: Flag) async -> Answer {
    let compared = await shadows?.ask(choice.schema, question, share: flag.comparedShare(of: choice.schema))
    guard choice.schema == .new, !flag.isNewOnly else {
      let answer =
        if let compared { compared } else { await ask(choice.schema, question, isAlone: flag.isNewOnly, in: database) }
      return answer.answer(choice)
    }
    let new = if let compared { compared } else { await ask(.new, question, in: trial) }
    if new.isUsable {
      if choice.reason != .override { watch.answered(flag, hasFailed: false) }
      return new.answer(choice)
    }
    let old = await ask(.old, question, in: database)
    // Where old fails too, new is not to blame.
    if case .failed = new, old.isUsable, choice.reason != .override { watch.answered(flag, hasFailed: true) }
    return old.answer(Choice(.old, .fallback))
  }

  /// - Parameter isAlone: no other schema can answer.
  private func ask(
    _ schema: Schema, _ question: Question, isAlone: Bool = false, in database: any Database
  ) async -> SideAnswer {
    do {
      let rows = try await database.read(question.statements(for: schema))
      return SideAnswer(rows[...], schema, question, isAlone: isAlone)
    } catch {
      return .failed(error)
    }
  }
}
