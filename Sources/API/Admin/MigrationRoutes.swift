import Cutover
import HTTP
import JSON
import Migration
import RowJSON
import SQL

/// How far each migration is, and the jobs that move it.
struct MigrationRoutes {
  private static let path = "/api/admin/migrations"

  private let context: APIContext
  private let jobs: JobStore

  init(_ context: APIContext) {
    self.context = context
    jobs = JobStore(database: context.database)
  }

  var routes: [Route] {
    [
      Route(.get, Self.path, access: .admin) { _, _ in try await list() },
      Route(.get, "\(Self.path)/{name}", access: .admin) { _, values in
        let status = try await MigrationStatus.read(try migration(values["name"]), context.database)
        var json = JSONWriter()
        status.write(to: &json)
        return .json(json.finish())
      },
      Route(.post, "\(Self.path)/{name}/{job}", access: .admin) { request, values in
        try await start(request, try migration(values["name"]), kind: values["job"])
      },
      Route(.get, "/api/admin/skipped-rows/{name}", access: .admin) { request, values in
        try await skipped(request, try migration(values["name"]))
      },
    ]
  }

  private func migration(_ name: String) throws(Problem) -> Migration {
    guard let migration = context.migrations.first(where: { $0.name == name }) else {
      throw Problem(
        .notFound,
        "There is no migration of this name; there is \(context.migrations.map(\.name).joined(separator: ", ")).")
    }
    return migration
  }

  private func list() async throws -> Response {
    var json = JSONWriter()
    json.beginObject()
    json.key("migrations")
    json.beginArray()
    for migration in try await context.migrations.here(in: context.database) {
      try await MigrationStatus.read(migration, context.database).write(to: &json)
    }
    json.endArray()
    json.endObject()
    return .json(json.finish())
  }

  private func start(_ request: Request, _ migration: Migration, kind name: String) async throws -> Response {
    guard let step = Step(rawValue: name) else {
      throw Problem(
        .notFound, "There is no such step; there is \(Step.allCases.map(\.rawValue).joined(separator: ", ")).")
    }
    let (options, reason) = try StepOptions.read(request, of: step)
    let actor = Phases.Actor(
      AdminAccess.user(of: request), reason: reason, isForcing: options.force ?? false,
      acceptedSkipped: options.accept_skipped, acceptedColumns: options.accept_columns ?? [])
    let id = try await jobs.start(step, of: migration, options, by: actor)
    var json = JSONWriter()
    json.beginObject()
    json.key("job_id")
    json.integer(id)
    json.endObject()
    var response = Response.json(json.finish())
    response.status = .accepted
    return response
  }

  private static let skippedRowsMax = 1_000

  /// Whose rows are listed: the old table that `table` names, else the first.
  private func table(_ request: Request, of migration: Migration) throws(Problem) -> String {
    let names = migration.oldTables.map(\.name)
    let given = request.query.values("table")
    guard given.count <= 1, names.contains(given.first ?? names[0]) else {
      throw .malformed([.init(field: "table", detail: "must be one of \(names.joined(separator: ", "))")])
    }
    return given.first ?? names[0]
  }

  private func skipped(_ request: Request, _ migration: Migration) async throws -> Response {
    let after = try request.integer("after", default: 0)
    let table = try table(request, of: migration)
    let rows = try await SkippedRows.page(
      migration, table: table, after: after, limit: Self.skippedRowsMax, context.database)
    var json = JSONWriter()
    json.beginObject()
    json.key("skipped")
    json.beginArray()
    for row in rows { json.append(row.row, of: migration, key: row.key, reason: row.reason) }
    json.endArray()
    json.endObject()
    return .json(json.finish())
  }
}

/// What a request to start a step asks for, checked.
private enum StepOptions {
  private static let batchSizes = 1...100_000

  static func read(_ request: Request, of step: Step) throws(Problem) -> (Job.Options, reason: String?) {
    var options = Job.Options()
    guard !request.body.isEmpty else { return (options, nil) }
    var body = try RequestBody(request, known: step.definition.options.map(\.rawValue) + ["reason"])
    options.dry_run = body.take("dry_run", "true or false", \.boolean)
    options.batch_size = body.take("batch_size", "an integer", \.integer)
    options.force = body.take("force", "true or false", \.boolean)
    options.repair = body.take("repair", "true or false", \.boolean)
    options.accept_skipped = body.take("accept_skipped", "an integer", \.integer)
    options.accept_columns = body.take("accept_columns", "an array of table.column") { value in
      value.array.flatMap { items in
        let names = items.compactMap(\.string)
        return names.count == items.count ? names : nil
      }
    }
    let reason = body.takeReason()
    if let size = options.batch_size, !batchSizes.contains(size) {
      body.refuse("batch_size", impossible: "must be from \(batchSizes.lowerBound) to \(batchSizes.upperBound)")
    }
    if let rows = options.accept_skipped, rows < 0 { body.refuse("accept_skipped", impossible: "must not be negative") }
    if options.force == true, reason?.isEmpty ?? true {
      body.refuse("reason", impossible: "is needed with force: it is recorded")
    }
    try body.check()
    return (options, reason)
  }
}
