import Migration
import SQL

extension StepDefinition {
  static let remove = StepDefinition(
    summary: "Take the new tables away; undoes create.",
    options: [.force],
    moves: [
      PhaseMove(.remove, .created, .planned, needs: [.nothingReadsNew]),
      PhaseMove(.remove, .dualWriting, .planned, needs: [.nothingReadsNew]),
    ],
    rivals: [.backfill, .verify] + movingSteps,
    next: { "\($0.command("create")) begins anew." },
    work: { run in
      try await run.lastTransaction { session in
        try await Phases(run.migration).take(.remove, by: run.job.actor, in: session)
        try await session.run(script: run.migration.remove.text)
        _ = try await session.query(
          Statement(file: PackageResources.migration_removed_sql), [.text(run.migration.name)])
        return #"{"phase":"planned"}"#
      }
    })
}
