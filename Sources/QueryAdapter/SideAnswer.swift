import Migration
import Rollout
import SQL

/// What one schema says.
enum SideAnswer {
  case body([UInt8])
  case unknownSubject
  /// Its results are not all there yet.
  case needsRepair
  case failed(DatabaseError)

  /// - Parameters:
  ///   - rows: of `Question.statements`.
  ///   - isAlone: no other schema can answer, so that what awaits repair is no reason not to.
  init(_ rows: ArraySlice<Rows>, _ schema: Schema, _ question: Question, isAlone: Bool = false) {
    let subject = rows[rows.startIndex]
    if subject.isEmpty {
      self = .unknownSubject
    } else if Body.needsRepair(subject), !isAlone {
      self = .needsRepair
    } else if let rows = question.rows(rows.dropFirst(), schema) {
      self = .body(Body.write(subject: subject, rows: rows, question))
    } else {
      self = .failed(DatabaseError(.unavailable, doing: "take the role of the \(question.migration.subject.noun)"))
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
    case .needsRepair: .failed(DatabaseError(.unavailable, doing: "read results under repair"), choice)
    case .failed(let error): .failed(error, choice)
    }
  }
}

extension Question {
  /// The subject's row, then the service's rows.
  func statements(for schema: Schema) -> [(Statement, [Bind])] {
    let id = migration.subject.binds(id: subject)
    return switch schema {
    case .old: [(migration.subject.row.old, id), (rewriteOld?(endpoint.queries.old) ?? endpoint.queries.old, binds)]
    case .new:
      [(migration.subject.row.new, id)] + migration.subject.scoped(endpoint.queries.new, binds, id: subject)
    }
  }

  /// The service's rows among those that came after the subject's; nil: they must not be used.
  fileprivate func rows(_ rows: ArraySlice<Rows>, _ schema: Schema) -> Rows? {
    switch schema {
    case .old: rows.first
    case .new: migration.subject.rows(ofScoped: rows)
    }
  }
}
