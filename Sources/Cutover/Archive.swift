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
      try await run.database.transaction { try await $0.run(script: migration.retirement.standIn.text) }
      try await run.shortLocks.transaction { session in
        try await phases.take(.archive, by: run.job.actor, in: session)
        try await phases.setDualWrite(false, in: session)
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

  /// The tables under their old names; then new results are written twice again, then the old rows that are missing are
  /// written. Only when they are all there may anything read them.
  func restore() async throws -> String {
    let written: Int
    if let known: Int = ControlJSON.value(run.job.checkpoint) {
      written = known
    } else {
      written = try await bringBack()
    }
    let phase = try await phases.current(in: run.database)
    let (rows, checksum) = try await sum(migration.checksum, in: run.database)
    return ControlJSON.text(Report(phase: phase.rawValue, rows: rows, checksum: checksum, written: written))
  }

  private func bringBack() async throws -> Int {
    if try await phases.current(in: run.database) == .archived {
      try await refuseIfTouched()
      try await run.database.transaction { try await $0.run(script: migration.createIndexes.text) }
      try await run.shortLocks.transaction { session in
        try await phases.take(.restore, by: run.job.actor, in: session)
        try await session.run(script: migration.restore.text)
      }
    }
    try await run.database.transaction { session in
      _ = try await phases.hold(in: session)
      try await phases.setDualWrite(true, in: session)
    }
    let written = try await writeBack()
    try await run.database.transaction { session in
      try await phases.take(.restore, by: run.job.actor, in: session)
      try await ControlStore.followFlags(migration, by: run.job.actor, in: session)
      try await run.checkpoint(written, in: session)
    }
    return written
  }

  private func writeBack() async throws -> Int {
    var last = Int.min
    var written = 0
    while true {
      try await run.pass()
      let rows = try await run.database.query(migration.nextKeys, [.integer(last), .integer(Self.batchKeys)])
      let keys = (0..<rows.count).compactMap { rows.integer(row: $0, column: 0) }
      guard let end = keys.last else { return written }
      written += try await run.database.transaction { session in
        _ = try await session.query(migration.copy.lock, [.array(keys)])
        try await session.beginMaintenance()
        return try await session.query(migration.retirement.writeBack, [.array(keys)]).integer(row: 0, column: 0) ?? 0
      }
      last = end
    }
  }

  func drop() async throws -> String {
    if run.job.checkpoint == nil { try await refuseIfTouched() }
    return try await run.lastTransaction { session in
      let phase = try await phases.take(.drop, by: run.job.actor, in: session)
      try await session.run(script: migration.drop.text)
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
