import HTTP
import Migration
import SQL

/// Is the process up, and can it work?
struct HealthRoutes {
  private let context: APIContext

  init(_ context: APIContext) { self.context = context }

  var routes: [Route] {
    [
      Route(.get, "/healthz") { _, _ in Self.ok },
      Route(.get, "/readyz") { _, _ in try await ready() },
    ]
  }

  private static var ok: Response { .json(Array(#"{"status":"ok"}"#.utf8)) }

  /// The database answers, and has the tables that the services read.
  private func ready() async throws -> Response {
    let tables = context.migrations.map { $0.qualifiedOldTables[0] }
    let rows = try await context.database.query(
      Statement(name: "ready", "SELECT bool_or(to_regclass(t.name) IS NOT NULL) FROM unnest($1::text[]) t (name)"),
      [.array(tables)])
    guard rows.boolean(row: 0, column: 0) else {
      throw Problem(
        .serviceUnavailable, "The database has no tables to serve yet; run \"switchyard demo\" or create them.",
        headers: [.retryAfter: "1"])
    }
    return Self.ok
  }
}
