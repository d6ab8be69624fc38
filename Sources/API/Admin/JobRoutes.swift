import Cutover
import HTTP
import JSON
import RowJSON
import SQL

/// Jobs: how far they are, and pausing them.
struct JobRoutes {
  private static let path = "/api/admin/jobs/{id}"

  private let jobs: JobStore

  init(_ context: APIContext) { jobs = JobStore(database: context.database) }

  var routes: [Route] {
    [
      Route(.get, Self.path, access: .admin) { _, values in try await show(try Self.id(values)) },
      Route(.post, "\(Self.path)/pause", access: .admin) { _, values in try await pause(try Self.id(values), true) },
      Route(.post, "\(Self.path)/resume", access: .admin) { _, values in try await pause(try Self.id(values), false) },
    ]
  }

  private static func id(_ values: PathValues) throws(Problem) -> Int {
    guard let id = Int(values["id"]), id > 0 else {
      throw .malformed([.init(field: "id", detail: "must be the number of a job")])
    }
    return id
  }

  private func show(_ id: Int) async throws -> Response {
    let rows = try await jobs.find(id)
    guard !rows.isEmpty else { throw Problem(.notFound, "There is no job \(id).") }
    var json = JSONWriter()
    json.object(of: rows, row: 0)
    return .json(json.finish())
  }

  private func pause(_ id: Int, _ isPaused: Bool) async throws -> Response {
    let isUnderWay = try await jobs.pause(id, isPaused)
    guard isUnderWay else {
      let rows = try await jobs.find(id)
      throw rows.isEmpty
        ? Problem(.notFound, "There is no job \(id).") : Problem(.conflict, "Job \(id) is over.")
    }
    return try await show(id)
  }
}
