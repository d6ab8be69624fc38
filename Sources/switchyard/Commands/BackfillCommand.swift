import Catalog
import Cutover
import EventLoop
import JSON
import Migration
import Postgres

struct BackfillCommand: JobCommand {
  let kind = Job.Kind.backfill
  let summary = "Copy what the old table holds into the new ones."
  let options = [
    Option(name: "dry-run", help: "count what would be written, and write nothing"),
    Option(
      name: "batch-size", value: "N", help: "collector results in one transaction (default: as many as fit 0.5 s)"),
    Option(name: "json", help: "print the report as JSON, with every row that was not copied"),
  ]

  func jobOptions(_ options: GivenOptions) throws(UsageError) -> Job.Options {
    var job = Job.Options()
    if options.has("dry-run") { job.dry_run = true }
    if options.has("batch-size") { job.batch_size = try options.count("batch-size", default: 1) }
    return job
  }

  func report(
    _ report: String, _ options: GivenOptions, _ migration: Migration, _ pool: Pool
  ) async throws -> ExitCode {
    guard let report = ControlJSON.value(report, as: Backfill.Report.self) else { return .failed }
    if options.has("json") {
      try await printJSON(report, migration, pool)
    } else {
      printText(report, migration)
    }
    return .done
  }

  /// Ends with the lines of the product's first backfill script.
  private func printText(_ report: Backfill.Report, _ migration: Migration) {
    if report.dry_run { print("DRY RUN MODE: no data was written; these are the rows that would be.") }
    let left = report.skipped.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
    if !left.isEmpty {
      print("Rows of \(migration.oldTable) not copied: \(left.joined(separator: ", ")).")
      if !report.dry_run { print("\"switchyard skipped\" lists them, each with its reason.") }
    }
    print("Collector results processed: \(report.results)")
    for table in migration.newTables { print("\(table.title) created: \(report.written[table.name] ?? 0)") }
    print("Skipped (already migrated): \(report.unchanged)")
    print("Errors: \(report.skipped["refused"] ?? 0)")
  }

  private func printJSON(_ report: Backfill.Report, _ migration: Migration, _ pool: Pool) async throws {
    var json = JSONWriter()
    json.beginObject()
    json.key("dry_run")
    json.boolean(report.dry_run)
    json.key("written")
    json.beginObject()
    for table in migration.newTables {
      json.key(table.name)
      json.integer(report.written[table.name] ?? 0)
    }
    json.endObject()
    json.key("skipped")
    json.beginArray()
    try await SkippedRows(migration, database: pool, isRehearsing: report.dry_run).forEach { row in
      json.beginObject()
      json.key("id")
      json.integer(row.id)
      json.key("collector_result_id")
      json.integer(row.key)
      json.key("reason")
      json.string(row.reason)
      json.endObject()
    }
    json.endArray()
    json.endObject()
    print(String(decoding: json.finish(), as: UTF8.self))
  }
}

struct SkippedCommand: Command {
  let name = "skipped"
  let summary = "List the old rows that are not copied, each with its reason."
  let options: [Option] = []

  func run(_ options: GivenOptions, _ settings: Settings, on loop: EventLoop) async throws -> ExitCode {
    try await Workplace(settings, on: loop).run { pool in
      for migration in Catalog.migrations {
        try await SkippedRows(migration, database: pool).forEach {
          print("\(migration.oldTable) \($0.id), collector result \($0.key): \($0.reason)")
        }
      }
      return .done
    }
  }
}
