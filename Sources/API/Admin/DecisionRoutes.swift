import Cutover
import HTTP
import JSON
import RowJSON

/// What guards and ramps decided, and by which numbers.
struct DecisionRoutes {
  private let context: APIContext

  init(_ context: APIContext) { self.context = context }

  var routes: [Route] {
    [Route(.get, "/api/admin/decisions", access: .admin) { _, _ in try await list() }]
  }

  private func list() async throws -> Response {
    let rows = try await RolloutDriver.decisions(in: context.database)
    var json = JSONWriter()
    json.beginObject()
    json.key("decisions")
    json.array(of: rows)
    json.endObject()
    return .json(json.finish())
  }
}
