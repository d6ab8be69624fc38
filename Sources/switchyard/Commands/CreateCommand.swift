import Cutover
import Migration
import Postgres

struct CreateCommand: JobCommand {
  let step = Step.create

  func excuse(_ refusal: StepRefused) -> String? {
    refusal.phase == .planned ? nil : "the new tables exist already, in phase \(refusal.phase.rawValue)."
  }

  func report(
    _ report: String, _ options: GivenOptions, _ migration: Migration, _ pool: Pool
  ) async throws -> ExitCode {
    print("\(migration.name): the new tables exist. \(step.definition.next(migration))")
    return .done
  }
}
