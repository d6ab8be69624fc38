import Cutover
import EventLoop
import JSON
import Migration
import Postgres

struct BackfillCommand: JobCommand {
  let step = Step.backfill

  var options: [Option] {
    [Option.migration] + step.definition.options.map(Option.init) + [
      Option(name: "json", help: "print the report as JSON, with every row that was not copied")
    ]
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
    if let warning = report.warning { complain(warning) }
    if report.dry_run { print("DRY RUN MODE: no data was written; these are the rows that would be.") }
    let left = report.skipped.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
    if !left.isEmpty {
      print("Rows of \(migration.oldTitle) not copied: \(left.joined(separator: ", ")).")
      if !report.dry_run { print("\(migration.command("skipped")) lists them, each with its reason.") }
    }
    print("\(migration.keysTitle) processed: \(report.results)")
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
      json.append(row.row, of: migration, key: row.key, reason: row.reason)
    }
    json.endArray()
    json.endObject()
    print(String(decoding: json.finish(), as: UTF8.self))
  }
}

struct SkippedCommand: Command {
  let name = "skipped"
  let summary = "List the old rows that are not copied, each with its reason."
  let options = [Option.migration]

  func run(_ options: GivenOptions, _ settings: Settings, on loop: EventLoop) async throws -> ExitCode {
    let migration = try options.migration(of: settings.migrations)
    return try await CommandContext(settings, on: loop).run { pool in
      try await SkippedRows(migration, database: pool).forEach {
        print("\($0.row.table) \($0.row.id), \(migration.keyTitle) \($0.key): \($0.reason)")
      }
      return .done
    }
  }
}
