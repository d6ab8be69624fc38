import Cutover
import Migration
import Postgres

struct CreateCommand: WorkCommand {
  let name = "create"
  let summary = "Make the new tables beside the old ones; from then on both are written."
  let options: [Option] = []

  func work(_ options: GivenOptions, _ migration: Migration, _ pool: Pool) async throws -> ExitCode {
    let isNew = try await Creation(migration, database: pool).run()
    print(
      isNew
        ? "The new tables of \(migration.name) are there. Next: \"switchyard backfill\"."
        : "The new tables of \(migration.name) were there already.")
    return .done
  }
}
