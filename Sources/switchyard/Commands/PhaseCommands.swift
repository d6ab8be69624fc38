import Cutover
import Migration
import Postgres

/// Commands whose work is one step of the migration.
struct PhaseCommand: JobCommand {
  let kind: Job.Kind
  let summary: String
  let options = GivenOptions.forceOptions
  /// Printed when it is done.
  let next: @Sendable (Migration) -> String

  func report(
    _ report: String, _ options: GivenOptions, _ migration: Migration, _ pool: Pool
  ) async throws -> ExitCode {
    let phase = try await Phases(migration).current(in: pool)
    print("\(migration.name) is \(phase.rawValue). \(next(migration))")
    return .done
  }

  static let all = [
    PhaseCommand(
      kind: .stopOldWrites, summary: "Stop writing the old table; everything reads new.",
      next: { "\($0.command("archive")) retires the old table, \($0.command("restore")) writes it again." }),
    PhaseCommand(
      kind: .archive, summary: "Give the old table another name, and answer old SQL from a view.",
      next: { "\($0.command("restore")) brings it back, \($0.command("drop")) takes it away for good." }),
    PhaseCommand(
      kind: .restore, summary: "Bring the old table back, with what was written since.",
      next: { _ in "Both schemas are written again." }),
    PhaseCommand(
      kind: .drop, summary: "Take the archived table away for good.", next: { _ in "This migration is over." }),
    PhaseCommand(
      kind: .truncate, summary: "Empty the new tables, to fill them again.",
      next: { "Next: \($0.command("backfill"))." }),
    PhaseCommand(
      kind: .remove, summary: "Take the new tables away: the way back from create.",
      next: { "\($0.command("create")) begins anew." }),
  ]
}

struct RefreshCommand: JobCommand {
  let kind = Job.Kind.refresh
  let summary = "Refresh the views of the new schema; readers and writers go on meanwhile."
  let options = [Option.migration]

  func report(
    _ report: String, _ options: GivenOptions, _ migration: Migration, _ pool: Pool
  ) async throws -> ExitCode {
    print(migration.view.map { "\($0.name) is up to date." } ?? "\(migration.name) has no view to refresh.")
    return .done
  }
}
