import Migration
import QueryAdapter
import Rollout
import SQL

/// One request to one endpoint of a migration's services, as the API asks it.
struct StageQuestion {
  enum Given {
    case days(String, String)
    case list(String, [String]?)
    case text(String, String)
    case integer(String, Int)

    fileprivate var binds: [Bind] {
      switch self {
      case .days(let start, let end): [.text(start), .text(end)]
      case .list(_, let values): [.array(values)]
      case .text(_, let value): [.text(value)]
      case .integer(_, let value): [.integer(value)]
      }
    }

    fileprivate var echo: [Question.Echo] {
      switch self {
      case .days(let start, let end): [.text("start", start), .text("end", end)]
      case .list(let name, let values): [.list(name, values)]
      case .text(let name, let value): [.text(name, value)]
      case .integer(let name, let value): [.integer(name, value)]
      }
    }
  }

  let service: Service
  let endpoint: ServiceEndpoint
  let given: [Given]
  /// The id of the subject; nil: there is only one.
  var subject: String?

  var label: String { "\(endpoint.path) \(given) \(subject ?? "")" }

  func asked(of migration: Migration) -> Question {
    Question(
      migration: migration, service: service, endpoint: endpoint, subject: subject ?? migration.subject.noun,
      binds: migration.subject.binds(id: subject ?? "") + given.flatMap(\.binds), echo: given.flatMap(\.echo), key: "")
  }
}

extension MigrationStage {
  var adapter: QueryAdapter { QueryAdapter(database: pool, flags: FlagBox()) }

  /// The body that one schema gives. A fallback is not an answer of the new schema.
  func body(_ question: StageQuestion, from schema: Schema) async throws -> String {
    let answer = await adapter.answer(question.asked(of: migration), override: schema)
    guard case .body(let bytes, Choice(schema, .override)) = answer else {
      throw Unexpected(question: question, answer: answer)
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

private struct Unexpected: Error, CustomStringConvertible {
  let question: StageQuestion
  let answer: QueryAdapter.Answer

  var description: String { "\(question.label): \(answer)" }
}
