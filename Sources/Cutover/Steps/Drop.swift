import Migration
import SQL

extension StepDefinition {
  static let drop = StepDefinition(
    summary: "Delete the archived tables for good.",
    options: [.acceptSkipped, .force],
    moves: [
      PhaseMove(
        .drop, .archived, .dropped,
        needs: [.archiveUntouched, .repairQueueEmpty, .lastVerificationEqual, .skippedAccepted, .oldTableUnread])
    ],
    rivals: [.backfill, .verify] + movingSteps,
    next: { _ in "This migration is over." },
    work: { run in
      if run.job.checkpoint == nil {
        try await ArchivedTables(run.migration).refuseIfTouched(by: run.job.actor, in: run.database)
      }
      return try await run.lastTransaction { session in
        let phase = try await Phases(run.migration).take(.drop, by: run.job.actor, in: session)
        try await session.run(script: run.migration.drop.text)
        try await session.run(script: run.migration.removeTriggerFunctions.text)
        try await session.run(script: run.migration.forgetChanges.text)
        return #"{"phase":"\#(phase.rawValue)"}"#
      }
    })
}
