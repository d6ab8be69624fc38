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
    case failed(DatabaseError)
  }

  private let database: any Database
  private let flags: FlagBox

  package init(database: any Database, flags: FlagBox) {
    self.database = database
    self.flags = flags
  }

  /// - Parameter override: the schema that the caller insists on.
  package func answer(_ question: Question, override: Schema? = nil) async -> Answer {
    let flag = flags.current.flag(of: question.service.name)
    if flag.isNewOnly, override == .old { return .oldIsRetired }
    let choice = override.map { Choice($0, .override) } ?? flag.choose(key: question.key)
    let first = await ask(choice.schema, question)
    if case .new = choice.schema, !first.isUsable, !flag.isNewOnly {
      return await ask(.old, question).answer(Choice(.old, .fallback))
    }
    return first.answer(choice)
  }

  private func ask(_ schema: Schema, _ question: Question) async -> SideAnswer {
    let (subject, statement) =
      switch schema {
      case .old: (question.migration.subject.old, question.endpoint.queries.old)
      case .new: (question.migration.subject.new, question.endpoint.queries.new)
      }
    do {
      let rows = try await database.read([(subject, [question.subject]), (statement, question.binds)])
      return SideAnswer(subject: rows[0], rows: rows[1], question)
    } catch {
      return .failed(error)
    }
  }
}

/// What one schema says.
private enum SideAnswer {
  case body([UInt8])
  case unknownSubject
  /// Its results are not all there yet.
  case needsRepair
  case failed(DatabaseError)

  init(subject: Rows, rows: Rows, _ question: Question) {
    if subject.isEmpty {
      self = .unknownSubject
    } else if Body.needsRepair(subject) {
      self = .needsRepair
    } else {
      self = .body(Body.write(subject: subject, rows: rows, question))
    }
  }

  /// False where another schema should be asked.
  var isUsable: Bool {
    switch self {
    case .body, .unknownSubject: true
    case .needsRepair, .failed: false
    }
  }

  func answer(_ choice: Choice) -> QueryAdapter.Answer {
    switch self {
    case .body(let bytes): .body(bytes, choice)
    case .unknownSubject: .unknownSubject
    case .needsRepair: .failed(DatabaseError(.unavailable, doing: "read results under repair"))
    case .failed(let error): .failed(error)
    }
  }
}
