import Migration
import SQL

/// The old tables' way out and back.
struct Archive {
  struct Report: Codable {
    var phase: String
    var rows: Int
    var checksum: String
    /// Old rows written from new ones.
    var written: Int?
  }

  /// What was archived is not what is there now.
  struct ChecksumDiffers: Error, CustomStringConvertible {
    let tables: String

    var description: String {
      "\(tables): not what was archived: its checksum differs; --force --reason TEXT goes on all the same"
    }
  }

  private static let batchKeys = 1_000
  /// What is followed while others wait.
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

  /// Under the new names nobody writes to the tables any more, so its checksum is taken then.
  func archive() async throws -> String {
    let phase = try await phases.current(in: run.database)
    if phase != .archived {
      try await phases.check(.archive, from: phase, by: run.job.actor, in: run.database)
      try await run.database.transaction { try await $0.run(script: migration.compatibilityViews.text) }
      try await run.shortLocks.transaction { session in
        try await phases.take(.archive, by: run.job.actor, in: session)
        try await phases.setDualWrite(false, in: session)
        try await session.run(script: migration.noteChanges.text)
        try await session.run(script: migration.archive.text)
      }
    }
    return try await run.database.transaction { session in
      try await session.run(script: migration.dropIndexes.text)
      let (rows, checksum) = try await sum(migration.archivedChecksum, in: session)
      _ = try await session.query(
        Statement(file: PackageResources.archive_record_sql),
        [.text(migration.name), .integer(rows), .text(checksum)])
      return ControlJSON.text(Report(phase: Phase.archived.rawValue, rows: rows, checksum: checksum))
    }
  }

  /// The old rows of the keys that were written since only the new tables are; then, when nearly all of them are there,
  /// the rest, the tables' own names and writing twice in one step. So whoever reads the old tables finds them complete,
  /// and whoever writes them waits no longer than for that step.
  func restore() async throws -> String {
    let written: Int
    if let known: Int = ControlJSON.value(run.job.checkpoint) {
      written = known
    } else {
      written = try await bringBack()
    }
    try await run.shortLocks.transaction { try await $0.run(script: migration.forgetChanges.text) }
    let phase = try await phases.current(in: run.database)
    let (rows, checksum) = try await sum(migration.checksum, in: run.database)
    return ControlJSON.text(Report(phase: phase.rawValue, rows: rows, checksum: checksum, written: written))
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
    try await refuseIfTouched()
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
    _ = try await session.query(Statement("SELECT set_config('switchyard.is_restoring', 'on', true)"))
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
      return try await run.shortLocks.transaction { session in
        try await phases.take(.restore, by: run.job.actor, in: session)
        if phase == .archived {
          try await session.run(script: migration.restore.text)
          try await phases.take(.restore, by: run.job.actor, in: session)
        }
        try await session.run(script: migration.holdWriters.text)
        let last = try await follow(from: .newOnly, in: session)
        guard last.keys < Self.lastKeysMax else { throw MoreChanges() }
        try await phases.setDualWrite(true, in: session)
        try await ControlStore.followFlags(migration, by: run.job.actor, in: session)
        try await run.checkpoint(written + last.written, in: session)
        return written + last.written
      }
    } catch is MoreChanges { return nil }
  }

  func drop() async throws -> String {
    if run.job.checkpoint == nil { try await refuseIfTouched() }
    return try await run.lastTransaction { session in
      let phase = try await phases.take(.drop, by: run.job.actor, in: session)
      try await session.run(script: migration.drop.text)
      try await session.run(script: migration.forgetChanges.text)
      return #"{"phase":"\#(phase.rawValue)"}"#
    }
  }

  private func refuseIfTouched() async throws {
    let (_, checksum) = try await sum(migration.archivedChecksum, in: run.database)
    try await run.database.transaction { session in
      _ = try await session.query(
        Statement(file: PackageResources.archive_check_sql), [.text(migration.name), .text(checksum)])
    }
    let isUntouched = try await phases.evidence(in: run.database).isArchiveUntouched
    guard isUntouched || run.job.actor.isForcing else {
      throw ChecksumDiffers(tables: migration.oldTables.map(\.archived).joined(separator: ", "))
    }
  }

  private func sum(_ statement: Statement, in session: any Session) async throws -> (rows: Int, checksum: String) {
    let rows = try await session.query(statement)
    return (rows.integer(row: 0, column: 0) ?? 0, rows.string(row: 0, column: 1) ?? "0")
  }
}
