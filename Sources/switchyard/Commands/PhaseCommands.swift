import Cutover
import Migration
import Postgres

/// Commands that report the phase they lead to, and nothing else.
struct PhaseCommand: JobCommand {
  let step: Step

  func report(
    _ report: String, _ options: GivenOptions, _ migration: Migration, _ pool: Pool
  ) async throws -> ExitCode {
    let phases = Phases(migration)
    let phase = try await phases.current(in: pool)
    print("\(migration.name) is \(phase.rawValue). \(step.definition.next(migration))")
    guard step.definition.options.contains(.acceptSkipped) else { return .done }
    for skipped in try await phases.evidence(in: pool).skipped {
      print("Old rows in no new table, \(skipped.reason): \(skipped.rows)")
    }
    return .done
  }

  static let all = [Step.stopOldWrites, .archive, .restore, .drop, .truncate, .remove].map(PhaseCommand.init)
}

struct RefreshCommand: JobCommand {
  let step = Step.refresh

  func report(
    _ report: String, _ options: GivenOptions, _ migration: Migration, _ pool: Pool
  ) async throws -> ExitCode {
    print(step.definition.next(migration))
    return .done
  }
}
