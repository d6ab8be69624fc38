package import Cutover
package import HTTP
package import Hashing
package import Migration
package import Observability
package import QueryAdapter
import Rollout
package import SQL
package import Scoring

/// Everything that one loop needs to answer requests.
package struct APIContext {
  package let migrations: [Migration]
  /// For reads of the services.
  package let adapter: QueryAdapter
  /// For everything else.
  package let database: any Database
  /// For calls that change flags, pause jobs or roll back: they wait behind no other request.
  package let operators: any Database
  package let store: ControlStore
  package let propagation: FlagPropagation
  package let scorer: Scorer
  package let adminToken: Secret?
  package let files: StaticFiles
  package let log: Log
  package let metrics: ServerMetrics
  package let meter: RequestMeter

  /// - Parameter meter: of this loop.
  package init(
    migrations: [Migration], adapter: QueryAdapter, database: any Database, operators: any Database,
    store: ControlStore, propagation: FlagPropagation, scorer: Scorer, adminToken: Secret?, files: StaticFiles,
    log: Log, metrics: ServerMetrics, meter: RequestMeter
  ) {
    self.migrations = migrations
    self.adapter = adapter
    self.database = database
    self.operators = operators
    self.store = store
    self.propagation = propagation
    self.scorer = scorer
    self.adminToken = adminToken
    self.files = files
    self.log = log
    self.metrics = metrics
    self.meter = meter
  }
}

/// The HTTP API: routes, access, errors.
package final class API: Responder {
  package let routes: [Route]
  private let router: Router
  private let context: APIContext
  private let access: AdminAccess
  private var outageToldAt: ContinuousClock.Instant?

  package init(_ context: APIContext) {
    self.context = context
    access = AdminAccess(token: context.adminToken)
    routes =
      ServiceRoutes(context, access).routes + PlainRoutes(context).routes + FlagRoutes(context).routes
      + ScoreNowRoutes(context).routes
      + MigrationRoutes(context).routes + JobRoutes(context).routes + ShadowRoutes(context).routes
      + DecisionRoutes(context).routes + ComparisonRoutes(context).routes + HealthRoutes(context).routes
      + MetricsRoutes(context).routes + context.files.routes
    router = Router(routes)
  }

  package func respond(to request: Request) async -> Response {
    let stopwatch = Stopwatch()
    var place = context.meter.other
    var choice: Choice?
    let response = await respond(to: request, &place, &choice)
    context.meter.answered(place, choice, response.status, nanoseconds: stopwatch.nanoseconds)
    return response
  }

  private func respond(
    to request: Request, _ place: inout RequestMeter.Place, _ choice: inout Choice?
  ) async -> Response {
    do {
      switch router.match(request.method, request.path) {
      case .route(let route, let values):
        if let service = route.service { place = service }
        if case .admin = route.access { try access.require(request) }
        return loggingFailures(of: try await route.handler(request, values, &choice), to: request)
      case .otherMethods(let methods):
        throw Problem(
          .methodNotAllowed, "This path takes \(methods.map(\.rawValue).joined(separator: ", ")).",
          headers: [.allow: FieldValue(methods)])
      case .none:
        throw Problem(.notFound, "There is nothing at this path.")
      }
    } catch {
      return problem(error, request).response
    }
  }

  /// A stream has its status when it fails, so that only the log can tell why.
  func loggingFailures(of response: Response, to request: Request) -> Response {
    guard case .stream(let produce) = response.body else { return response }
    var response = response
    response.body = .stream { writer in
      do { try await produce(writer) } catch {
        _ = self.problem(error, request)
        throw error
      }
    }
    return response
  }

  private func problem(_ error: any Error, _ request: Request) -> Problem {
    switch error {
    case let problem as Problem: return problem
    case let refusal as StepRefused:
      return Problem(
        .conflict, "\(refusal).", fields: refusal.missing.map { .init(field: refusal.name, detail: $0) })
    case let refusal as FlagRefused: return Problem(.conflict, "\(refusal).")
    case let refusal as WrongPhase: return Problem(.conflict, "\(refusal).")
    case let other as JobUnderWay: return Problem(.conflict, "\(other).")
    case let error as DatabaseError where error.isAvailability:
      tellOutage(error)
      return .databaseAway
    default:
      context.log.error("failed", ["path": request.rawPath, "error": "\(error)"])
      return Problem(.internalServerError, "Something went wrong on our side; it is in the log.")
    }
  }
}

extension API {
  /// Not for each request: an outage makes thousands of them fail.
  private func tellOutage(_ error: DatabaseError) {
    let now = ContinuousClock.now
    if let outageToldAt, now - outageToldAt < .seconds(1) { return }
    outageToldAt = now
    context.log.warning("requests fail: the database is not available", ["error": error.description])
  }
}

extension DatabaseError {
  /// It may well work in a moment.
  var isAvailability: Bool {
    switch cause {
    case .unavailable, .connectionLost, .timedOut: true
    case .refused(let state): state.isServerTrouble
    }
  }
}
