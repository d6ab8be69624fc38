import CivilTime
import Cutover
import HTTP
import JSON
import Migration
import RowJSON
import SQL

/// The endpoints of the new schema alone, of every migration.
struct PlainRoutes {
  private static let attemptsMax = 20

  private let context: APIContext

  init(_ context: APIContext) { self.context = context }

  var routes: [Route] {
    context.migrations.flatMap { migration in
      migration.plainEndpoints.map { endpoint in
        let method: Method = if case .list = endpoint.action { .get } else { .post }
        return Route(method, migration.subject.path + endpoint.path) { request, values in
          try await answer(request, values, migration, endpoint)
        }
      }
    }
  }

  private func answer(
    _ request: Request, _ values: PathValues, _ migration: Migration, _ endpoint: PlainEndpoint
  ) async throws -> Response {
    let stopwatch = Stopwatch()
    let parameters = try ServiceParameters(
      request, values, of: migration.subject, endpoint.parameters, today: Moment.now.day)
    func ask(_ fields: [BodyField]?) async throws -> Rows {
      let binds = parameters.binds + (try fields.map { try BodyFields($0, request).binds } ?? [])
      return try await self.ask(endpoint.statement, binds, parameters.subject, migration, isWriting: fields != nil)
    }
    switch endpoint.action {
    case .list(let name):
      var json = JSONWriter()
      json.beginObject()
      json.key(name)
      json.array(of: try await ask(nil))
      json.endObject()
      return Delivery.deliver(
        json.finish(), type: "application/json", headers: [.serverTiming: stopwatch.serverTiming], to: request)
    case .add(let fields): return try Self.written(try await ask(fields), .created)
    case .change(let fields): return try Self.written(try await ask(fields), .ok)
    }
  }

  private static func written(_ rows: Rows, _ status: Status) throws(Problem) -> Response {
    guard !rows.isEmpty else { throw Problem(.notFound, "Something that the request names is not there.") }
    var json = JSONWriter()
    json.object(of: rows, row: 0)
    var response = Response.json(json.finish())
    response.status = status
    return response
  }

  /// What writes is not tried again when a connection is lost: whether it took effect is unknown then.
  private func ask(
    _ statement: Statement, _ binds: [Bind], _ id: String, _ migration: Migration, isWriting: Bool
  ) async throws -> Rows {
    let subject = migration.subject
    let statements = [(subject.row.new, subject.binds(id: id))] + subject.scoped(statement, binds, id: id)
    func answer(_ rows: [Rows]) throws -> Rows {
      guard !rows[0].isEmpty else { throw Problem(.notFound, "There is no \(subject.noun) \(id).") }
      guard let answer = subject.rows(ofScoped: rows.dropFirst()) else {
        throw Problem(
          .serviceUnavailable,
          "PostgreSQL has no role for this \(subject.noun); \(migration.command("status")) tells more.",
          headers: [.retryAfter: "60"])
      }
      return answer
    }
    do {
      guard isWriting else { return try answer(try await context.database.read(statements)) }
      return try await write { session in try answer(try await session.read(statements)) }
    } catch let error as DatabaseError where error.state == .undefinedTable {
      throw Problem(
        .notFound,
        "The new tables of \(migration.name) are not in this database; \(migration.command("create")) makes them.")
    }
  }

  /// Again where somebody else has taken the same number, such as the next turn of a conversation.
  private func write(_ body: (any Session) async throws -> Rows) async throws -> Rows {
    for _ in 1...Self.attemptsMax {
      do { return try await context.database.transaction(body) } catch let error as DatabaseError
        where error.state == .uniqueViolation
      {}
    }
    throw Problem(.conflict, "Others have written the same \(Self.attemptsMax) times; try again.")
  }
}
