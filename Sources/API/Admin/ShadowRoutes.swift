import CivilTime
import Cutover
import HTTP
import JSON
import Migration
import QueryAdapter
import Rollout
import RowJSON
import SQL

/// Answers that differed between the schemas, and asking them again.
struct ShadowRoutes {
  private static let listMax = 100

  private let context: APIContext

  init(_ context: APIContext) { self.context = context }

  var routes: [Route] {
    [
      Route(.get, "/api/admin/shadow/{service}/differences", access: .admin) { _, values in
        try await list(of: values["service"])
      },
      Route(.post, "/api/admin/shadow/differences/{token}/replay", access: .admin) { _, values in
        try await replay(values["token"])
      },
    ]
  }

  private func list(of service: String) async throws -> Response {
    guard context.migrations.contains(where: { $0.services.contains { $0.name == service } }) else {
      throw Problem(.notFound, "There is no service of this name.")
    }
    let rows = try await ShadowLedger.list(of: service, limit: Self.listMax, in: context.database)
    var json = JSONWriter()
    json.beginObject()
    json.key("differences")
    json.array(of: rows)
    json.endObject()
    return .json(json.finish())
  }

  private func replay(_ token: String) async throws -> Response {
    guard UUIDValue(token) != nil else {
      throw Problem.malformed([.init(field: "token", detail: "must be a UUID")])
    }
    let rows = try await ShadowLedger.find(token, in: context.database)
    guard !rows.isEmpty, let (migration, question) = question(rows) else {
      throw Problem(.notFound, "There is no such difference; the last 100 of each service are kept.")
    }
    let replay = try await Replay.run(question, of: migration, in: context.database)
    var json = JSONWriter()
    json.beginObject()
    json.key("token")
    json.string(rows.string(row: 0, column: 0))
    json.key("verdict")
    json.string(replay.verdict.rawValue)
    json.key("differences")
    json.differences(replay.differences)
    json.endObject()
    return .json(json.finish())
  }

  private func question(_ rows: Rows) -> (Migration, Question)? {
    func text(_ column: Int) -> String { rows.string(row: 0, column: column) ?? "" }
    for migration in context.migrations {
      guard let service = migration.services.first(where: { $0.name == text(2) }),
        let endpoint = service.endpoints.first(where: { $0.path == text(3) })
      else { continue }
      let binds = (try? JSONReader.read(Array(text(5).utf8)))?.array ?? []
      return (
        migration,
        Question(
          migration: migration, service: service, endpoint: endpoint, subject: .text(text(4)),
          binds: binds.map { .text($0.string) }, echo: [],
          key: "", isPrepared: false)
      )
    }
    return nil
  }
}

/// A question on which the schemas differed, asked again.
private struct Replay {
  enum Verdict: String {
    /// The schemas still differ, and nothing tells why.
    case different
    /// They say the same by now.
    case repaired
    /// They say the same where old rows that are not copied are left out, or rows are known to be answered differently.
    case explained
    /// A side fails, or results are under repair.
    case notComparable = "not_comparable"
  }

  let verdict: Verdict
  let differences: [BodyDifference]

  private init(_ verdict: Verdict, _ differences: [BodyDifference] = []) {
    self.verdict = verdict
    self.differences = differences
  }

  static func run(_ question: Question, of migration: Migration, in database: any Database) async throws -> Replay {
    try await OwnScans(migration).snapshot(database) { session in
      let now = try await Comparison.make(of: question, asking: .old, in: session)
      switch now?.outcome {
      case .same?: return Replay(.repaired)
      case .different?: break
      case .oldFailed?, .newFailed?, .bothFailed?, nil: return Replay(.notComparable)
      }
      let reasons = try await AnswerReasons.find(of: question.subject.text ?? "", migration, in: session)
      if reasons.isExcused { return Replay(.explained, now?.differences ?? []) }
      try await reasons.hide(of: migration, in: session)
      let rest = try await Comparison.make(of: question, asking: .old, in: session)
      try await HiddenRows(migration).show(in: session)
      let isExplained = rest.map { $0.outcome == .same } ?? false
      return Replay(isExplained ? .explained : .different, now?.differences ?? [])
    }
  }
}
