import Cutover
import HTTP
import JSON
import Migration
import Rollout
import RowJSON
import SQL

/// Flags, their history, dual write and rollback.
struct FlagRoutes {
  private let context: APIContext

  init(_ context: APIContext) { self.context = context }

  var routes: [Route] {
    [
      Route(.get, "/api/admin/flags", access: .admin) { _, _ in try await list() },
      Route(.patch, "/api/admin/flags", access: .admin) { request, _ in try await setDualWrite(request) },
      Route(.get, "/api/admin/flags/history", access: .admin) { _, _ in try await history() },
      Route(.patch, "/api/admin/flags/{service}", access: .admin) { request, values in
        try await change(request, service: values["service"])
      },
      Route(.post, "/api/admin/rollback", access: .admin) { request, _ in try await rollBack(request) },
    ]
  }

  private func list() async throws -> Response {
    let rows = try await context.store.listFlags()
    let dualWrite = try await context.store.isDualWriting(context.migrations.default) ?? false
    var json = JSONWriter()
    json.beginObject()
    json.key("dual_write")
    json.boolean(dualWrite)
    json.key("services")
    json.array(of: rows)
    json.endObject()
    return .json(json.finish())
  }

  private func history() async throws -> Response {
    let rows = try await context.store.history()
    var json = JSONWriter()
    json.beginObject()
    json.key("history")
    json.array(of: rows)
    json.endObject()
    return .json(json.finish())
  }

  private func change(_ request: Request, service: String) async throws -> Response {
    guard context.migrations.contains(where: { $0.services.contains { $0.name == service } }) else {
      throw Problem(.notFound, "There is no service of this name.")
    }
    var body = try RequestBody(request, known: FlagChange.known)
    let wanted = try FlagChange(&body)
    let change = try await context.store.change(
      flagOf: service, wanted.fields, ifVersion: wanted.version, by: AdminAccess.user(of: request),
      reason: wanted.reason, isForcing: wanted.isForcing)
    guard let change else { throw Problem(.conflict, "The flag has another version by now; read it again.") }
    let outcome = try await context.propagation.wait(for: change)
    let rows = try await context.store.listFlags()
    guard let row = (0..<rows.count).first(where: { rows.string(row: $0, column: 0) == service }) else {
      throw Problem(.notFound, "There is no service of this name.")
    }
    var json = JSONWriter()
    json.object(of: rows, row: row)
    return .json(json.finish()).telling(outcome)
  }

  private func setDualWrite(_ request: Request) async throws -> Response {
    var body = try RequestBody(request, known: ["dual_write", "migration", "reason"])
    let on = body.take("dual_write", "true or false", \.boolean)
    let reason = body.takeReason()
    if on == nil, !body.has("dual_write") { body.refuse("dual_write", malformed: "is missing") }
    let name = body.take("migration", "a name", \.string) ?? context.migrations.default.name
    let migration = context.migrations.first { $0.name == name }
    if migration == nil { body.refuse("migration", malformed: "is not known") }
    try body.check()
    guard let migration else { return try await list() }
    let isThere = try await context.store.setDualWrite(
      migration, on: on ?? false, by: AdminAccess.user(of: request), reason: reason)
    guard isThere else {
      throw Problem(
        .conflict, "The new tables of \(migration.name) do not exist yet; run \(migration.command("create")) first.")
    }
    return try await list()
  }

  private func rollBack(_ request: Request) async throws -> Response {
    var reason: String?
    if !request.body.isEmpty {
      var body = try RequestBody(request, known: ["reason"])
      reason = body.takeReason()
      try body.check()
    }
    let change = try await context.store.rollBack(by: AdminAccess.user(of: request), reason: reason)
    let outcome = try await context.propagation.wait(for: change)
    return try await list().telling(outcome)
  }
}

extension Response {
  /// An answer that nobody keeps.
  static func json(_ body: [UInt8]) -> Response {
    Response(.ok, headers: [.contentType: "application/json", .cacheControl: "no-store"], body: body)
  }

  /// Which processes obey a change by now, and which do not, in headers.
  fileprivate func telling(_ outcome: FlagPropagation.Outcome) -> Response {
    var response = self
    for (name, processes) in [
      (FieldName.acknowledgedBy, outcome.acknowledged), (.lapsed, outcome.lapsed), (.unacknowledged, outcome.unknown),
    ] where !processes.isEmpty {
      response.headers[name] = FieldValue(processes.joined(separator: ", "))
    }
    return response
  }
}
