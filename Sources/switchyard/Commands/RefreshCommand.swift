import Cutover
import Migration
import Postgres

struct RefreshCommand: WorkCommand {
  let name = "refresh"
  let summary = "Refresh the materialized view; readers go on meanwhile."
  let options: [Option] = []

  func work(_ options: GivenOptions, _ migration: Migration, _ pool: Pool) async throws -> ExitCode {
    try await ViewRefresh(migration, database: pool).run()
    print("\(migration.view.name) is refreshed.")
    return .done
  }
}
