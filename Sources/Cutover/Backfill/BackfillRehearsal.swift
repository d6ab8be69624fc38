import Migration
import SQL

/// A backfill that only counts what it would write.
struct BackfillRehearsal {
  private static let batchKeys = 2_000

  private let run: JobRun

  init(_ run: JobRun) { self.run = run }

  func callAsFunction() async throws -> Backfill.Report {
    let parity = run.migration.parity
    var report = Backfill.Report(dry_run: true, results: 0, unchanged: 0, written: [:], skipped: [:])
    for table in run.migration.newTables { report.written[table.name] = 0 }
    let bound = try await run.ask(run.migration.lastKey).integer(row: 0, column: 0) ?? Int.min
    let total = try await run.ask(run.migration.keyCount, [.integer(bound)]).integer(row: 0, column: 0) ?? 0
    var last = Int.min
    while true {
      try await run.pass()
      let rows = try await run.ask(run.migration.nextKeys, [.integer(last), .integer(Self.batchKeys)])
      let keys = (0..<rows.count).compactMap { rows.integer(row: $0, column: 0) }.filter { $0 <= bound }
      guard let end = keys.last else { return report }
      let binds = [.array(keys)] + [OldRow]().binds
      let prints = Fingerprints(try await run.ask(parity.fingerprints, binds))
      let explained = try await run.ask(parity.explained, binds)
      for table in prints.tables { report.written[table.name, default: 0] += table.rowsToWrite }
      report.unchanged += prints.unchanged
      for row in 0..<explained.count where explained.boolean(row: row, column: 4) {
        report.skipped[explained.string(row: row, column: 3) ?? "", default: 0] += 1
      }
      report.results += keys.count
      last = end
      run.progress(done: report.results, total: total)
    }
  }
}
