import Migration
import SQL

extension StepDefinition {
  static let archive = StepDefinition(
    summary: "Give the old tables other names, and answer old SQL from compatibility views.",
    options: [.acceptSkipped, .force],
    moves: [
      PhaseMove(.archive, .backfilled, .archived, needs: Requirement.complete + [.oldTableUnread]),
      PhaseMove(.archive, .verified, .archived, needs: Requirement.complete + [.oldTableUnread]),
      PhaseMove(
        .archive, .newOnly, .archived,
        needs: [
          .oldWritesRefused, .repairQueueEmpty, .lastVerificationEqual, .everythingReadsNew, .skippedAccepted,
          .oldTableUnread,
        ]),
    ],
    rivals: [.backfill, .verify] + movingSteps,
    next: { "\($0.command("restore")) brings them back; \($0.command("drop")) deletes them, and nothing undoes that." },
    work: { run in try await Archive(run)() })
}

private struct Archive {
  private let run: JobRun
  private let migration: Migration

  init(_ run: JobRun) {
    self.run = run
    migration = run.migration
  }

  /// Under the new names nobody writes to the tables any more, so their checksum is taken then.
  func callAsFunction() async throws -> String {
    let phases = Phases(migration)
    let phase = try await phases.current(in: run.database)
    if phase != .archived {
      try await phases.check(.archive, from: phase, by: run.job.actor, in: run.database)
      try await run.database.transaction { try await $0.run(script: migration.compatibilityViews.text) }
      _ = try await Handover(run).transaction(.archive, stopsReaders: true) {
        phases, session in
        try await phases.setDualWrite(false, in: session)
        try await session.run(script: migration.ignoreOldWrites.text)
        try await session.run(script: migration.archive.text)
      }
    }
    return try await OwnScans(migration).transaction(run.database) { session in
      try await session.run(script: migration.dropIndexes.text)
      let (rows, checksum) = try await ArchivedTables(migration).sum(in: session)
      _ = try await session.query(
        Statement(file: PackageResources.archive_record_sql),
        [.text(migration.name), .integer(rows), .text(checksum)])
      return ControlJSON.text(RetirementReport(phase: Phase.archived.rawValue, rows: rows, checksum: checksum))
    }
  }
}

/// What `archive` and `restore` report.
struct RetirementReport: Codable {
  var phase: String
  var rows: Int
  var checksum: String
  /// Old rows written from new ones.
  var written: Int?
}

/// The archived tables, which nobody should write to.
struct ArchivedTables {
  /// What was archived is not what is there now.
  struct ChecksumDiffers: Error, CustomStringConvertible {
    let tables: String

    var description: String {
      "\(tables): not what was archived: its checksum differs; --force --reason TEXT goes on all the same"
    }
  }

  private let migration: Migration

  init(_ migration: Migration) { self.migration = migration }

  func sum(in session: any Session) async throws(DatabaseError) -> (rows: Int, checksum: String) {
    let rows = try await session.query(migration.archivedChecksum)
    return (rows.integer(row: 0, column: 0) ?? 0, rows.string(row: 0, column: 1) ?? "0")
  }

  /// Throws where somebody has written to them, unless the actor goes on all the same.
  func refuseIfTouched(by actor: Phases.Actor, in database: any Database) async throws {
    try await OwnScans(migration).transaction(database) { session in
      let checksum = try await sum(in: session).checksum
      _ = try await session.query(
        Statement(file: PackageResources.archive_check_sql), [.text(migration.name), .text(checksum)])
    }
    let isUntouched = try await Phases(migration).evidence(in: database).isArchiveUntouched
    guard isUntouched || actor.isForcing else {
      throw ChecksumDiffers(tables: migration.oldTables.map(\.archived).joined(separator: ", "))
    }
  }
}
