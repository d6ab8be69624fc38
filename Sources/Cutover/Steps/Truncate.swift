import Migration
import SQL

extension StepDefinition {
  static let truncate = StepDefinition(
    summary: "Empty the new tables, to fill them again.",
    options: [.force],
    moves: [
      PhaseMove(.truncate, .backfilled, .dualWriting, needs: [.nothingReadsNew]),
      PhaseMove(.truncate, .verified, .dualWriting, needs: [.nothingReadsNew]),
    ],
    rivals: [.backfill, .verify] + movingSteps,
    next: { "Next: \($0.command("backfill"))." },
    work: { run in
      try await run.lastTransaction { session in
        let phase = try await Phases(run.migration).take(.truncate, by: run.job.actor, in: session)
        try await session.run(script: run.migration.truncate.text)
        return #"{"phase":"\#(phase.rawValue)"}"#
      }
    })
}
