import Cutover
import EventLoop
import JSON
import Migration
import Postgres

struct PreflightCommand: Command {
  private static let rowsShown = 10

  let name = "preflight"
  let summary = "Before anything is made: what will not be copied and why, how much disk it takes, how long."
  let options = [
    Option.migration,
    Option(name: "json", help: "print it as JSON, with every row that has a reason to differ"),
  ]

  func run(_ options: GivenOptions, _ settings: Settings, on loop: EventLoop) async throws -> ExitCode {
    let migration = try options.migration(of: settings.migrations)
    return try await CommandContext(settings, on: loop).run(isPreparing: false) { pool in
      let bar = ProgressBar(name, unit: migration.keyTitles)
      var rows: [String: [Preflight.Row]] = [:]
      let isJSON = options.has("json")
      let report = try await Preflight(migration, database: pool).run { row in
        if isJSON || rows[row.reason, default: []].count < Self.rowsShown {
          rows[row.reason, default: []].append(row)
        }
      } progress: {
        bar.update($0, of: $0)
      }
      bar.finish()
      print(isJSON ? Self.json(report, rows, migration) : Self.text(report, rows, migration))
      return .done
    }
  }

  private static func text(
    _ report: Preflight.Report, _ rows: [String: [Preflight.Row]], _ migration: Migration
  ) -> String {
    var lines = ["\(migration.name): \(report.results) \(migration.keyTitles) in \(migration.oldTitle)", ""]
    if report.explained.isEmpty { lines.append("Every row can be copied.") }
    for (reason, count) in report.explained.sorted(by: { $0.key < $1.key }) {
      let shown = rows[reason, default: []]
      let what = shown.first?.isSkipped == false ? "copied all the same" : "not copied"
      let ids = shown.map { migration.oldTables.count == 1 ? "\($0.row.id)" : "\($0.row.table) \($0.row.id)" }.joined(
        separator: ", ")
      lines.append("\(count) rows \(what), \(reason): \(ids)\(count > shown.count ? ", ..." : "")")
    }
    lines.append("")
    for table in migration.newTables { lines.append("\(table.title): \(report.newRows[table.name] ?? 0) rows") }
    lines.append("Disk for the new tables and their indexes: about \(StatusScreen.size(report.bytes))")
    lines.append("Time for the backfill: about \(report.seconds) s, when nothing slows it down")
    return lines.joined(separator: "\n")
  }

  private static func json(
    _ report: Preflight.Report, _ rows: [String: [Preflight.Row]], _ migration: Migration
  ) -> String {
    var json = JSONWriter()
    json.beginObject()
    json.key("results")
    json.integer(report.results)
    json.key("new_rows")
    json.beginObject()
    for table in migration.newTables {
      json.key(table.name)
      json.integer(report.newRows[table.name] ?? 0)
    }
    json.endObject()
    json.key("bytes")
    json.integer(report.bytes)
    json.key("seconds")
    json.integer(report.seconds)
    json.key("explained")
    json.beginArray()
    for row in rows.values.joined().sorted(by: { ($0.row.table, $0.row.id) < ($1.row.table, $1.row.id) }) {
      json.append(row.row, of: migration, key: row.key, reason: row.reason)
    }
    json.endArray()
    json.endObject()
    return String(decoding: json.finish(), as: UTF8.self)
  }
}
