import Cutover
import HTTP
import JSON
import RowJSON
import SQL

/// Jobs: how far they are, and pausing them.
struct JobRoutes {
  private static let path = "/api/admin/jobs/{id}"

  private static let lookMilliseconds = 250
  private static let heartbeatLooks = 40

  private let jobs: JobStore

  init(_ context: APIContext) { jobs = JobStore(database: context.operators) }

  var routes: [Route] {
    [
      Route(.get, Self.path, access: .admin) { _, values in try await show(try Self.id(values)) },
      Route(.get, "\(Self.path)/events", access: .admin) { _, values in try await events(try Self.id(values)) },
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

  private func show(_ id: Int) async throws -> Response { .json(try await json(id)) }

  private func json(_ id: Int) async throws -> [UInt8] {
    let rows = try await jobs.find(id)
    guard !rows.isEmpty else { throw Problem(.notFound, "There is no job \(id).") }
    var json = JSONWriter()
    json.object(of: rows, row: 0)
    return json.finish()
  }

  /// An event for each change of the job, until it is over.
  private func events(_ id: Int) async throws -> Response {
    _ = try await json(id)
    let jobs = jobs
    return EventStream.response { writer in
      var last: [UInt8] = []
      var looks = 0
      while true {
        let rows = try await jobs.find(id)
        guard !rows.isEmpty else { return }
        var json = JSONWriter()
        json.object(of: rows, row: 0)
        let now = json.finish()
        let state = rows.string(row: 0, column: JobStore.stateColumn).flatMap { Job.State(rawValue: $0) }
        if now != last {
          let name: ServerSentEvent.Value = state?.isOver == true ? "end" : "progress"
          guard await writer.write(ServerSentEvent(name, data: now).bytes) else { return }
        } else if looks % Self.heartbeatLooks == 0 {
          guard await writer.write(EventStream.heartbeat) else { return }
        }
        if state?.isOver != false { return }
        last = now
        looks += 1
        guard await writer.sleep(milliseconds: Self.lookMilliseconds) else { return }
      }
    }
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
