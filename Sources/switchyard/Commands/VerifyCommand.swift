import Cutover
import JSON
import Migration
import Postgres

struct VerifyCommand: JobCommand {
  let step = Step.verify

  var options: [Option] {
    [Option.migration] + step.definition.options.map(Option.init) + [
      Option(name: "json", help: "print every difference and every explained row as JSON")
    ]
  }

  func report(
    _ report: String, _ options: GivenOptions, _ migration: Migration, _ pool: Pool
  ) async throws -> ExitCode {
    guard let report = ControlJSON.value(report, as: VerificationReport.self) else { return .failed }
    let findings = FindingsReader(report.verification, database: pool)
    if options.has("json") {
      try await printJSON(report, migration, findings)
    } else {
      try await printText(report, migration, findings)
    }
    return report.equal ? .done : .failed
  }

  private static let differencesShown = 20

  private func printText(
    _ report: VerificationReport, _ migration: Migration, _ findings: FindingsReader
  ) async throws {
    if let repaired = report.repaired { print("Copied \(repaired) \(migration.keyTitles) again.") }
    print("Verification \(report.verification): \(report.equal ? "equal" : "NOT EQUAL")")
    print("\(migration.keysTitle) compared: \(report.results); pairs of answers compared: \(report.answers)")
    for table in migration.newTables {
      let counts = report.tables[table.name]
      print("\(table.title): \(counts?.actual ?? 0) rows, \(counts?.expected ?? 0) expected")
    }
    for (reason, count) in report.explained.sorted(by: { $0.key < $1.key }) {
      print("Rows of \(migration.oldTitle) with a reason to differ, \(reason): \(count)")
    }
    guard !report.equal else { return }
    print("Differences: \(report.differences)")
    for difference in try await findings.differences(after: 0, limit: Self.differencesShown) {
      print("  \(difference.text(migration.keyTitle))")
    }
    if report.differences > Self.differencesShown {
      print("  and more: \(migration.command("verify --json")) lists them all")
    }
    print("\(migration.command("verify --repair")) copies again what differs.")
  }

  private func printJSON(
    _ report: VerificationReport, _ migration: Migration, _ findings: FindingsReader
  ) async throws {
    var json = JSONWriter()
    json.beginObject()
    json.key("equal")
    json.boolean(report.equal)
    json.key("differences")
    json.beginArray()
    try await findings.forEachDifference { difference in
      json.beginObject()
      json.key("table")
      json.string(difference.table)
      json.key(migration.keyName)
      if let key = difference.key { json.integer(key) } else { json.null() }
      json.key("column")
      json.string(difference.column)
      json.key("old")
      json.verbatim(difference.old ?? "null")
      json.key("new")
      json.verbatim(difference.new ?? "null")
      if let member = difference.member {
        json.key("member")
        json.string(member)
      }
      json.endObject()
    }
    json.endArray()
    json.key("explained")
    json.beginArray()
    for table in migration.oldTables.map(\.name) {
      try await findings.forEachExplained(of: table) { id, reason in
        json.append(OldRow(table: table, id: id), of: migration, reason: reason)
      }
    }
    json.endArray()
    json.endObject()
    print(String(decoding: json.finish(), as: UTF8.self))
  }
}
