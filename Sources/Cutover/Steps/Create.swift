package import Migration
package import SQL

extension StepDefinition {
  static let create = StepDefinition(
    summary: "Make the new tables beside the old ones; from then on triggers copy what is written.",
    options: [.acceptColumns],
    moves: [PhaseMove(.create, .planned, .dualWriting)],
    mayRepeat: { Phase.bothWritten.contains($0) && $1.triggersMissing != nil },
    rivals: [],
    next: { "Next: \($0.command("backfill")). \($0.command("remove")) undoes it." },
    work: { run in
      try await run.lastTransaction(waitMilliseconds: 1_000, stopsReaders: false) { session in
        let isNew = try await Creation(run.migration, by: run.job.actor).run(in: session)
        return #"{"created":\#(isNew)}"#
      }
    })
}

/// Makes a migration's new tables beside the old ones, with the triggers that keep them up to date.
package struct Creation {
  private let migration: Migration
  private let actor: Phases.Actor

  package init(_ migration: Migration, by actor: Phases.Actor) {
    self.migration = migration
    self.actor = actor
  }

  /// All or nothing, in the caller's transaction. It waits for everybody who is writing to the old tables: what is
  /// written from then on is copied by triggers, and what was written before is the backfill's.
  /// - Returns: false if the tables exist already; then only triggers that are missing are installed.
  package func run(in session: any Session) async throws -> Bool {
    let phases = Phases(migration)
    let phase = try await phases.lock(in: session)
    guard phase == .planned else {
      if Phase.bothWritten.contains(phase), try await phases.evidence(in: session).triggersMissing != nil {
        try await session.run(script: migration.installTriggers.text)
      }
      return false
    }
    try await HiddenOldRows.refuse(migration, in: session)
    for script in migration.expansion.create { try await session.run(script: script.text) }
    try await session.run(script: migration.noteChanges.text)
    _ = try await session.query(
      Statement(file: PackageResources.migration_created_sql), [.text(migration.name), .array(actor.acceptedColumns)])
    try await ControlStore.addFlags(of: migration, in: session)
    try await phases.take(.create, by: actor, in: session)
    try await UncarriedColumns.refuse(migration, accepted: actor.acceptedColumns, by: .create, in: session)
    // Last, since writers of the old tables wait from here on.
    try await session.run(script: migration.installTriggers.text)
    return true
  }
}
