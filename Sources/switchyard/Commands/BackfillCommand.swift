import Cutover
import Migration
import Postgres

struct BackfillCommand: WorkCommand {
  let name = "backfill"
  let summary = "Copy what the old tables hold into the new ones."
  let options = [
    Option(
      name: "batch-size", value: "N",
      help: "collector results in one transaction (default \(Backfill.batchResultsDefault))")
  ]

  func check(_ options: GivenOptions) throws(UsageError) { _ = try batchResults(options) }

  func work(_ options: GivenOptions, _ migration: Migration, _ pool: Pool) async throws -> ExitCode {
    let results = try await BackfillReport.run(migration, pool, batchResults: try batchResults(options))
    print("Collector results processed: \(results). Next: \"switchyard refresh\".")
    return .done
  }

  private func batchResults(_ options: GivenOptions) throws(UsageError) -> Int {
    try options.count("batch-size", default: Backfill.batchResultsDefault)
  }
}

/// A backfill with its progress on standard error.
enum BackfillReport {
  /// - Returns: collector results copied.
  static func run(
    _ migration: Migration, _ pool: Pool, batchResults: Int = Backfill.batchResultsDefault
  ) async throws -> Int {
    let backfill = Backfill(migration, database: pool, batchResults: batchResults)
    let bar = ProgressBar("copy", unit: "results", total: try await backfill.count())
    let report = try await backfill.run { bar.update($0) }
    bar.finish(report.results)
    return report.results
  }
}
