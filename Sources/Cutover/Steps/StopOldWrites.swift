import Migration
import SQL

extension StepDefinition {
  static let stopOldWrites = StepDefinition(
    summary: "Refuse writes to the old tables; everything reads and writes new.",
    options: [.acceptSkipped, .force],
    moves: [
      PhaseMove(.stopOldWrites, .backfilled, .newOnly, needs: Requirement.complete),
      PhaseMove(.stopOldWrites, .verified, .newOnly, needs: Requirement.complete),
    ],
    rivals: [.backfill, .verify] + movingSteps,
    next: { "\($0.command("archive")) retires \($0.oldTitle), \($0.command("restore")) accepts writes to it again." },
    work: { run in
      try await Handover(run).transaction(.stopOldWrites, stopsReaders: false) {
        phases, session in
        try await phases.setDualWrite(false, in: session)
        try await session.run(script: run.migration.refuseOldWrites.text)
        try await phases.recordRefusal(in: session)
      }
    })
}
