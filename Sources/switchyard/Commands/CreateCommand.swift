import Cutover
import Migration
import Postgres

struct CreateCommand: JobCommand {
  let kind = Job.Kind.create
  let summary = "Make the new tables beside the old ones; from then on both are written."
  let options = [
    Option.migration,
    Option(name: "mirror", help: "put triggers on the old table, for programs that write to it and not through us"),
  ]

  func jobOptions(_ options: GivenOptions) throws(UsageError) -> Job.Options {
    var job = Job.Options()
    if options.has("mirror") { job.mirror = true }
    return job
  }

  func excuse(_ refusal: StepRefused) -> String? {
    refusal.phase == .planned ? nil : "the new tables are there already, in phase \(refusal.phase.rawValue)."
  }

  func report(
    _ report: String, _ options: GivenOptions, _ migration: Migration, _ pool: Pool
  ) async throws -> ExitCode {
    print("\(migration.name): the new tables are there. Next: \(migration.command("backfill")).")
    return .done
  }
}
