import Migration
import SQL

extension StepDefinition {
  static let restore = StepDefinition(
    summary: "Bring the old tables back, with what was written since; undoes stop-old-writes and archive.",
    options: [.force],
    moves: [PhaseMove(.restore, .newOnly, .verified), PhaseMove(.restore, .archived, .newOnly)],
    rivals: [.backfill, .verify] + movingSteps,
    next: { "Both schemas are written again. \($0.command("verify")) is needed before old writes are stopped again." },
    work: { run in try await Restore(run)() })
}

/// The old rows of the keys that were written since only the new tables are; then, when nearly all of them are there, the
/// rest, the tables' own names and writing both in one transaction. So readers of the old tables find them complete,
/// and writers wait no longer than for that transaction.
private struct Restore {
  private static let batchKeys = 1_000
  /// Followed while others wait.
  private static let lastKeysMax = 100
  /// How often in a row somebody may write what a batch writes.
  private static let conflictsMax = 100
  private static let conflictPauseMilliseconds = 50

  private let run: JobRun
  private let migration: Migration
  private let phases: Phases

  init(_ run: JobRun) {
    self.run = run
    migration = run.migration
    phases = Phases(run.migration)
  }

  func callAsFunction() async throws -> String {
    let written: Int
    if let known: Int = ControlJSON.value(run.job.checkpoint) {
      written = known
    } else {
      written = try await bringBack()
    }
    let phase = try await phases.current(in: run.database)
    let sum = try await run.ask(migration.checksum)
    return ControlJSON.text(
      RetirementReport(
        phase: phase.rawValue, rows: sum.integer(row: 0, column: 0) ?? 0,
        checksum: sum.string(row: 0, column: 1) ?? "0",
        written: written))
  }

  private func bringBack() async throws -> Int {
    let phase = try await phases.current(in: run.database)
    try await phases.check(.restore, from: phase, by: run.job.actor, in: run.database)
    if phase == .archived {
      try await beginRestore()
      try await run.database.transaction { try await $0.run(script: migration.createIndexes.text) }
    }
    var written = 0
    while true {
      try await run.pass()
      let batch = try await followOnOneSnapshot(from: phase)
      written += batch.written
      if batch.keys >= Self.lastKeysMax { continue }
      if let written = try await end(from: phase, written) { return written }
    }
  }

  /// An archive that somebody has touched is not brought back; one that this brings back is touched by it.
  private func beginRestore() async throws {
    let isBegun = try await run.database.query(
      Statement(file: PackageResources.archive_is_restoring_sql), [.text(migration.name)])
    if isBegun.boolean(row: 0, column: 0) { return }
    try await ArchivedTables(migration).refuseIfTouched(by: run.job.actor, in: run.database)
    _ = try await run.database.writeOne(
      Statement(file: PackageResources.archive_restoring_sql), [.text(migration.name)])
  }

  /// Others write meanwhile: what one statement did not see of theirs another must not take away.
  private func followOnOneSnapshot(from phase: Phase) async throws -> (keys: Int, written: Int) {
    var conflicts = 0
    while true {
      do {
        return try await run.database.transaction { session in
          _ = try await session.query(Statement("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
          return try await follow(from: phase, in: session)
        }
      } catch let error as DatabaseError
        where error.state == .serializationFailure && conflicts < Self.conflictsMax
      {
        conflicts += 1
        await run.sleep(milliseconds: Self.conflictPauseMilliseconds)
        try await run.pass()
      }
    }
  }

  /// Writes the old rows of some of the keys that have been noted.
  private func follow(from phase: Phase, in session: any Session) async throws -> (keys: Int, written: Int) {
    let noted = try await session.query(
      Statement(file: PackageResources.changed_keys_take_sql), [.text(migration.name), .integer(Self.batchKeys)])
    let keys = Set((0..<noted.count).compactMap { noted.integer(row: $0, column: 0) }).sorted()
    guard !keys.isEmpty else { return (0, 0) }
    _ = try await session.query(migration.copy.lock, [.array(keys)])
    try await session.beginMaintenance()
    try await session.beginRestoring()
    let (writeBack, copy) = (migration.retirement.writeBack, migration.copy.copy)
    let isArchived = phase == .archived
    let written = try await session.query(isArchived ? migration.archived(writeBack) : writeBack, [.array(keys)])
    // What is on record of the old rows follows: that they are skipped, and what they say otherwise.
    _ = try await session.query(
      isArchived ? migration.archived(copy) : copy, [.array(keys)] + [OldRow]().binds)
    return (keys.count, written.integer(row: 0, column: 0) ?? 0)
  }

  /// Too much was written meanwhile to be followed while others wait.
  private struct MoreChanges: Error {}

  /// - Returns: the number of old rows written in all; nil: there is more to follow first.
  private func end(from phase: Phase, _ written: Int) async throws -> Int? {
    do {
      return try await run.locks().transaction { session in
        try await phases.take(.restore, by: run.job.actor, in: session)
        if phase == .archived {
          try await session.run(script: migration.restore.text)
          try await phases.take(.restore, by: run.job.actor, in: session)
        }
        try await session.run(script: migration.lockNewTables.text)
        let last = try await follow(from: .newOnly, in: session)
        guard last.keys < Self.lastKeysMax else { throw MoreChanges() }
        try await phases.setDualWrite(true, in: session)
        try await session.run(script: migration.acceptOldWrites.text)
        try await run.checkpoint(written + last.written, in: session)
        return written + last.written
      }
    } catch is MoreChanges { return nil }
  }
}
