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
  private static let subjectPath = "/api/brands/{brand_id}"

  private let context: APIContext
  private let access: AdminAccess

  init(_ context: APIContext, _ access: AdminAccess) {
    self.context = context
    self.access = access
  }

  var routes: [Route] {
    var routes = [Route(.get, "/api/brands") { request, _ in try await brands(request) }]
    for migration in context.migrations {
      for service in migration.services {
        for endpoint in service.endpoints {
          routes.append(
            Route(Self.subjectPath + endpoint.path, of: context.meter.place(of: service)) { request, values, choice in
              try await answer(request, values, migration, service, endpoint, &choice)
            })
        }
      }
    }
    return routes
  }

  private func brands(_ request: Request) async throws -> Response {
    let stopwatch = Stopwatch()
    let rows = try await context.database.query(context.brands)
    var json = JSONWriter(reserving: rows.bytes.count * 2)
    json.beginObject()
    json.key("brands")
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
    let (argument, faults) = Self.argument(of: request, values, endpoint)
    let parameters = try ServiceParameters(request, brand: values["brand_id"], today: Moment.now.day, others: faults)
    let user = request.headers["X-User-Id"] ?? ""
    let question = Question(
      migration: migration, service: service, endpoint: endpoint, subject: .uuid(parameters.brand),
      binds: parameters.binds(argument: argument?.value),
      echo: parameters.echo(argument.map { .text($0.name, $0.value) }),
      key: user.isEmpty ? parameters.brand.description : user)
    switch await context.adapter.answer(question, override: override) {
    case .unknownSubject: throw Problem(.notFound, "There is no brand \(parameters.brand).")
    case .oldIsRetired:
      throw Problem(
        .conflict, "The old table is not written any more, so it is not read; \"switchyard restore\" brings it back.")
    case .failed(let error, let choice):
      answered = choice
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

  private static func argument(
    of request: Request, _ values: PathValues, _ endpoint: ServiceEndpoint
  ) -> (argument: (name: String, value: String)?, faults: [Problem.Field]) {
    switch endpoint.argument {
    case nil: return (nil, [])
    case .segment(let name): return ((name, values[name]), [])
    case .choice(let name, let choices):
      let given = request.query.values(name)
      guard given.count <= 1 else { return (nil, [.init(field: name, detail: "is given twice")]) }
      let value = given.first ?? choices[0]
      guard choices.contains(value) else {
        return (nil, [.init(field: name, detail: "must be one of \(choices.joined(separator: ", "))")])
      }
      return ((name, value), [])
    }
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
