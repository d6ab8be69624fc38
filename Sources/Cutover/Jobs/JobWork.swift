import Migration
import SQL

extension Job.Kind {
  /// Does the work of a job. Work that ended before its job was recorded as done is not done twice.
  /// - Returns: the report, as JSON.
  package func work(_ run: JobRun) async throws -> String {
    switch self {
    case .create: try await create(run)
    case .backfill: try await Backfill(run)()
    case .refresh: try await refresh(run)
    case .verify: try await Verification(run)()
    case .stopOldWrites: try await stopOldWrites(run)
    case .archive: try await Archive(run).archive()
    case .restore: try await Archive(run).restore()
    case .drop: try await Archive(run).drop()
    case .truncate: try await truncate(run)
    case .remove: try await remove(run)
    }
  }

  private func create(_ run: JobRun) async throws -> String {
    let locks = ShortLocks(run.database, waitMilliseconds: 1_000) { milliseconds in
      await run.sleep(milliseconds: milliseconds)
      try await run.pass()
    }
    return try await run.lastTransaction(locks) { session in
      let isNew = try await Creation(run.migration, by: run.job.actor).run(
        isMirroring: run.job.options.mirror == true, in: session)
      return #"{"created":\#(isNew)}"#
    }
  }

  private func refresh(_ run: JobRun) async throws -> String {
    let refresh = ViewRefresh(run.migration, database: run.database)
    let isDue = try await refresh.isDue()
    if isDue { try await refresh.run() }
    return #"{"refreshed":\#(isDue)}"#
  }

  private func stopOldWrites(_ run: JobRun) async throws -> String {
    try await run.lastTransaction { session in
      let phases = Phases(run.migration)
      let phase = try await phases.take(.stopOldWrites, by: run.job.actor, in: session)
      try await phases.setDualWrite(false, in: session)
      try await session.run(script: run.migration.noteChanges.text)
      return #"{"phase":"\#(phase.rawValue)"}"#
    }
  }

  private func truncate(_ run: JobRun) async throws -> String {
    try await run.lastTransaction { session in
      let phase = try await Phases(run.migration).take(.truncate, by: run.job.actor, in: session)
      try await session.run(script: run.migration.truncate.text)
      return #"{"phase":"\#(phase.rawValue)"}"#
    }
  }

  private func remove(_ run: JobRun) async throws -> String {
    try await run.lastTransaction { session in
      try await Phases(run.migration).take(.remove, by: run.job.actor, in: session)
      try await session.run(script: run.migration.expansion.remove.text)
      _ = try await session.query(
        Statement(file: PackageResources.migration_removed_sql), [.text(run.migration.name)])
      return #"{"phase":"planned"}"#
    }
  }
}

extension JobRun {
  /// The one transaction of a job, or its last one, with the report that it gives. A run that goes on after it finds the
  /// report there, and does nothing.
  func lastTransaction(
    _ locks: ShortLocks? = nil, _ body: (any Session) async throws -> String
  ) async throws -> String {
    if let report = job.checkpoint { return report }
    return try await (locks ?? shortLocks).transaction { session in
      let report = try await body(session)
      try await checkpoint(json: report, in: session)
      return report
    }
  }

  var shortLocks: ShortLocks {
    ShortLocks(database) { milliseconds in
      await self.sleep(milliseconds: milliseconds)
      try await self.pass()
    }
  }
}
