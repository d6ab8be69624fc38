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
          migration: migration, service: service, endpoint: endpoint, subject: text(4),
          binds: binds.map { .text($0.string) }, echo: [],
          key: "")
      )
    }
    return nil
  }
}
