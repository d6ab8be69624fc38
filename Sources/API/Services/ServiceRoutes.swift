import CivilTime
import Cutover
import HTTP
import JSON
import Migration
import Observability
import QueryAdapter
import Rollout
import RowJSON
import SQL

/// The read endpoints: brands, and every service of every migration.
struct ServiceRoutes {
  private let context: APIContext
  private let access: AdminAccess

  init(_ context: APIContext, _ access: AdminAccess) {
    self.context = context
    self.access = access
  }

  var routes: [Route] {
    var routes: [Route] = []
    for migration in context.migrations {
      let subject = migration.subject
      if let list = subject.list, let name = subject.listName {
        routes.append(
          Route(.get, subject.listPath) { request, _ in
            try await subjects(request, list, name: name, of: migration)
          })
      }
      for service in migration.services {
        for endpoint in service.endpoints {
          routes.append(
            Route(migration.subject.path + endpoint.path, of: context.meter.place(of: service)) {
              request, values, choice in
              try await answer(request, values, migration, service, endpoint, &choice)
            })
        }
      }
    }
    return routes
  }

  private func subjects(_ request: Request, _ list: Statement, name: String, of migration: Migration) async throws
    -> Response
  {
    let stopwatch = Stopwatch()
    let rows: Rows
    do { rows = try await context.database.query(list) } catch {
      if error.state == .undefinedTable, !migration.isDefault { throw Self.tablesMissing(migration) }
      throw error
    }
    var json = JSONWriter(reserving: rows.bytes.count * 2)
    json.beginObject()
    json.key(name)
    json.array(of: rows)
    json.endObject()
    return Delivery.deliver(
      json.finish(), type: "application/json", headers: [.serverTiming: stopwatch.serverTiming], to: request)
  }

  private func answer(
    _ request: Request, _ values: PathValues, _ migration: Migration, _ service: Service, _ endpoint: ServiceEndpoint,
    _ answered: inout Choice?
  ) async throws -> Response {
    let stopwatch = Stopwatch()
    let override = try override(of: request)
    let subject = migration.subject
    let parameters = try ServiceParameters(
      request, values, of: subject, subject.parameters + endpoint.parameters, today: Moment.now.day)
    let question = Question(
      migration: migration, service: service, endpoint: endpoint, subject: parameters.subject,
      binds: parameters.binds, echo: parameters.echo, key: Self.key(of: request, parameters, subject))
    switch await context.adapter.answer(question, override: override) {
    case .unknownSubject: throw Problem(.notFound, "There is no \(subject.noun) \(parameters.subject).")
    case .oldIsRetired:
      throw Problem(
        .conflict,
        "\(migration.oldTitle): not written any more, so not read; \(migration.command("restore")) brings them back.")
    case .failed(let error, let choice):
      answered = choice
      if error.state == .undefinedTable, choice.schema == .old, !migration.isDefault {
        throw Self.tablesMissing(migration)
      }
      throw error
    case .body(let body, let choice):
      answered = choice
      return Delivery.deliver(
        body, type: "application/json",
        headers: [
          .schema: Self.value(of: choice.schema), .schemaReason: Self.value(of: choice.reason),
          .serverTiming: stopwatch.serverTiming,
        ], to: request)
    }
  }

  private static func tablesMissing(_ migration: Migration) -> Problem {
    Problem(.notFound, "The tables of \(migration.name) are not in this database.")
  }

  /// Whose canary bucket counts: the user's, else the subject's; where there is only one subject, that of what is asked.
  private static func key(of request: Request, _ parameters: ServiceParameters, _ subject: Subject) -> String {
    if let user = request.headers["X-User-Id"], !user.isEmpty { return user }
    return subject.idName == nil ? "\(request.rawPath)?\(request.rawQuery ?? "")" : parameters.subject
  }

  /// The schema that the request insists on. Only for whoever has the admin token.
  private func override(of request: Request) throws(Problem) -> Schema? {
    guard let text = request.headers["X-Schema-Override"] else { return nil }
    guard access.allows(request) else {
      throw Problem(.forbidden, "X-Schema-Override needs \"Authorization: Bearer\" with the admin token.")
    }
    guard let schema = Schema(rawValue: text) else {
      throw .malformed([.init(field: "X-Schema-Override", detail: "must be old or new")])
    }
    return schema
  }

  private static func value(of schema: Schema) -> FieldValue {
    switch schema {
    case .old: "old"
    case .new: "new"
    }
  }

  private static func value(of reason: Choice.Reason) -> FieldValue {
    switch reason {
    case .flag: "flag"
    case .canary: "canary"
    case .override: "override"
    case .fallback: "fallback"
    }
  }
}
