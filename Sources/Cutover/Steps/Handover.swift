import Migration
import SQL

/// The transaction of a step that leaves the old tables behind. All writers of the old tables are shut out when its gates
/// are checked, so what was true of every row then is true when it commits.
struct Handover {
  /// What was written since the last verification differs.
  struct Differs: Error, CustomStringConvertible {
    let keys: [Int]
    let migration: Migration

    var description: String {
      let some = keys.prefix(5).map(String.init).joined(separator: ", ")
      return """
        \(keys.count) \(migration.keyTitles) that were written since the last verification differ (\(some)\
        \(keys.count > 5 ? ", ..." : "")): run \(migration.command("verify --repair"))
        """
    }
  }

  private struct TooManyChanges: Error {}

  private static let batchKeys = 2_000
  /// Compared while writers wait.
  private static let lastKeysMax = 100
  /// Writers may leave something to repair or to compare between two rounds.
  private static let roundsMax = 20
  private static let pauseMilliseconds = 100

  private let run: JobRun
  private let migration: Migration
  private let phases: Phases

  init(_ run: JobRun) {
    self.run = run
    migration = run.migration
    phases = Phases(run.migration)
  }

  /// - Parameter work: what the step does once its gates are passed.
  /// - Returns: the step's report, as JSON.
  func transaction(
    _ step: Step, stopsReaders: Bool, _ work: (Phases, any Session) async throws -> Void
  ) async throws -> String {
    if let report = run.job.checkpoint { return report }
    var rounds = 0
    while true {
      rounds += 1
      try await run.pass()
      try await Repair(migration, database: run.database).drain()
      try await compareChanges()
      do {
        return try await run.locks(stopsReaders: stopsReaders).transaction { session in
          try await session.run(script: migration.lockOldTables.text)
          let from = try await phases.lock(in: session)
          if !run.job.actor.isForcing {
            try await UncarriedColumns.refuse(
              migration, accepted: try await phases.acceptedColumns(in: session), by: step, in: session)
          }
          if from == .verified { try await compareLastChanges(in: session) }
          let phase = try await phases.take(step, by: run.job.actor, in: session)
          // Of keys that a forced step leaves behind no note may bring new rows back over old ones.
          _ = try await session.query(
            Statement(file: PackageResources.changed_keys_forget_sql), [.text(migration.name)])
          try await work(phases, session)
          let report = #"{"phase":"\#(phase.rawValue)"}"#
          try await run.checkpoint(json: report, in: session)
          // Last: a rollback that comes now waits for this commit and for nothing else.
          _ = try await session.query(
            Statement(file: PackageResources.flags_share_sql), [.array(migration.services.map(\.name))])
          try await phases.checkReaders(step, from: from, by: run.job.actor, in: session)
          return report
        }
      } catch is TooManyChanges where rounds < Self.roundsMax {
      } catch let refusal as StepRefused where refusal.requirements == [.repairQueueEmpty] && rounds < Self.roundsMax {}
      await run.sleep(milliseconds: Self.pauseMilliseconds)
    }
  }

  /// What was written since the last verification is compared, and counts as verified from then on.
  private func compareChanges() async throws {
    guard !run.job.actor.isForcing, try await phases.current(in: run.database) == .verified else { return }
    while true {
      do {
        let count = try await OwnScans(migration).snapshot(run.database) { session in
          try await compare(limit: Self.batchKeys, in: session)
        }
        if count < Self.lastKeysMax { return }
      } catch let error as DatabaseError where error.state == .serializationFailure {
        await run.sleep(milliseconds: Self.pauseMilliseconds)
      }
      try await run.pass()
    }
  }

  private func compareLastChanges(in session: any Session) async throws {
    guard !run.job.actor.isForcing else { return }
    if try await compare(limit: Self.lastKeysMax, in: session) >= Self.lastKeysMax { throw TooManyChanges() }
  }

  private func compare(limit: Int, in session: any Session) async throws -> Int {
    let noted = try await session.query(
      Statement(file: PackageResources.changed_keys_take_sql), [.text(migration.name), .integer(limit)])
    let keys = Set((0..<noted.count).compactMap { noted.integer(row: $0, column: 0) }).sorted()
    guard !keys.isEmpty else { return 0 }
    try await session.beginMaintenance()
    // What awaits repair is noted again when it is repaired.
    let waiting = try await session.query(
      Statement(file: PackageResources.repair_waiting_sql), [.text(migration.name), .array(keys)])
    let repaired = Set((0..<waiting.count).compactMap { waiting.integer(row: $0, column: 0) })
    let compared = keys.filter { !repaired.contains($0) }
    let refused = try await Refusals(migration).known(of: compared, in: session)
    let prints = Fingerprints(
      try await session.query(migration.parity.fingerprints, [.array(compared)] + refused.binds))
    let explained = try await session.query(migration.parity.explained, [.array(compared)] + refused.binds)
    try await SkippedRows.sync(migration, keys: compared, explained: explained, in: session)
    guard prints.differing.isEmpty else { throw Differs(keys: prints.differing.sorted(), migration: migration) }
    return keys.count
  }
}
