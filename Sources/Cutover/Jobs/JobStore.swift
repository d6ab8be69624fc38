package import Migration
package import SQL

/// The jobs in the database. One of a kind for each migration is queued or running at a time.
package struct JobStore {
  /// How long a job waits for whoever runs it to be heard of again, before another process goes on with it.
  package static let leaseMillisecondsDefault = 5_000

  let database: any Database
  let leaseMilliseconds: Int

  package init(database: any Database, leaseMilliseconds: Int = leaseMillisecondsDefault) {
    self.database = database
    self.leaseMilliseconds = leaseMilliseconds
  }

  /// Queues a job if its step may be taken now. Throws `StepRefused` or `JobUnderWay`.
  /// - Parameter owner: who runs it at once; nil: whichever server comes first.
  package func start(
    _ step: Step, of migration: Migration, _ options: Job.Options, by actor: Phases.Actor, owner: String? = nil
  ) async throws -> Int {
    if step.definition.needsEmptyQueue { try await Repair(migration, database: database).drain() }
    return try await database.transaction { session in
      _ = try await session.query(Statement(file: PackageResources.jobs_hold_sql), [.text(migration.name)])
      // First: a job that was left behind is gone on with, also where its step is taken already.
      let others = try await session.query(
        Statement(file: PackageResources.jobs_under_way_sql),
        [.text(migration.name), .array(([step] + step.definition.rivals).map(\.rawValue))])
      if !others.isEmpty, let id = others.integer(row: 0, column: 0),
        let other = others.string(row: 0, column: 1).flatMap(Step.init)
      {
        throw JobUnderWay(step: other, id: id)
      }
      try await step.checkGate(
        of: migration, from: try await Phases(migration).current(in: session), by: actor, in: session)
      let rows = try await session.query(
        Statement(file: PackageResources.job_start_sql),
        [
          .text(migration.name), .text(step.rawValue), .text(ControlJSON.text(options)), .text(actor.name),
          .text(actor.reason), .text(owner), .integer(leaseMilliseconds),
        ])
      return rows.integer(row: 0, column: 0) ?? 0
    }
  }

  /// Takes a job that nobody runs: one that is queued, or one whose lease has run out.
  /// - Parameters:
  ///   - id: this one; nil: the one that has waited longest.
  ///   - deadOwner: a process that is known to have ended, whose lease need not be waited for.
  package func claim(
    _ id: Int? = nil, migrations: [String], owner: String, deadOwner: String? = nil
  ) async throws(DatabaseError) -> Job? {
    let rows = try await database.writeOne(
      Statement(file: PackageResources.job_claim_sql),
      [
        id.map { .integer($0) } ?? .null, .array(migrations), .text(owner), .integer(leaseMilliseconds),
        .text(deadOwner),
      ])
    return rows.isEmpty ? nil : Job(rows, row: 0)
  }

  /// Who runs a job, if anybody does, and what was asked for; nil: it is over.
  func holder(of id: Int) async throws(DatabaseError) -> (owner: String?, options: Job.Options)? {
    let rows = try await database.query(Statement(file: PackageResources.job_holder_sql), [.integer(id)])
    guard !rows.isEmpty else { return nil }
    return (rows.string(row: 0, column: 0), ControlJSON.value(rows.string(row: 0, column: 1)) ?? Job.Options())
  }

  /// Ends a job that was left behind and is not wanted any more.
  func giveUp(_ id: Int, owner: String) async throws(DatabaseError) {
    _ = try await database.writeOne(
      Statement(file: PackageResources.job_end_sql),
      [.integer(id), .text(owner), .null, .text("left behind; something else was asked for then")])
  }

  /// Of the rows of `find`.
  package static let stateColumn = 3

  /// The job as the API shows it; no row: there is none.
  package func find(_ id: Int) async throws(DatabaseError) -> Rows {
    try await database.query(Statement(file: PackageResources.job_show_sql), [.integer(id)])
  }

  /// - Returns: false if the job is not under way.
  package func pause(_ id: Int, _ isPaused: Bool) async throws(DatabaseError) -> Bool {
    !(try await database.writeOne(
      Statement(file: PackageResources.job_pause_sql), [.integer(id), .boolean(isPaused)])).isEmpty
  }
}

extension Database {
  /// A statement that writes and is not tried again when the connection is lost.
  func writeOne(_ statement: Statement, _ binds: [Bind]) async throws(DatabaseError) -> Rows {
    do { return try await transaction { try await $0.query(statement, binds) } } catch let error as DatabaseError {
      throw error
    } catch {
      preconditionFailure("a statement throws nothing else")
    }
  }
}

extension Job {
  init?(_ rows: Rows, row: Int) {
    guard let id = rows.integer(row: row, column: 0), let step = rows.string(row: row, column: 2).flatMap(Step.init)
    else { return nil }
    self.id = id
    self.step = step
    migration = rows.string(row: row, column: 1) ?? ""
    options = ControlJSON.value(rows.string(row: row, column: 3)) ?? Options()
    actor = Phases.Actor(
      rows.string(row: row, column: 4) ?? "", reason: rows.string(row: row, column: 5),
      isForcing: options.force ?? false, acceptedSkipped: options.accept_skipped,
      acceptedColumns: options.accept_columns ?? [])
    checkpoint = rows.string(row: row, column: 6)
  }
}

extension Step {
  func checkGate(
    of migration: Migration, from phase: Phase, by actor: Phases.Actor, in session: any Session
  ) async throws {
    let (definition, phases) = (definition, Phases(migration))
    if definition.phases.contains(phase) { return }
    if definition.mayRepeat(phase, try await phases.evidence(in: session)) { return }
    guard definition.phases.isEmpty || definition.moves.contains(where: { $0.from == phase }) else {
      throw WrongPhase(step: self, phase: phase, right: definition.phases, create: migration.command("create"))
    }
    try await phases.check(self, from: phase, by: actor, in: session)
  }
}

/// Work that makes no sense in the phase that the migration is in.
package struct WrongPhase: Error, Equatable, CustomStringConvertible {
  package let step: Step
  package let phase: Phase
  package let right: [Phase]
  /// What to run first, in a message.
  let create: String

  package var description: String {
    let names = right.map(\.rawValue).joined(separator: ", ")
    let advice = phase == .planned ? ": run \(create) first" : ", only in \(names)"
    return "\(step.rawValue) is not possible in phase \(phase.rawValue)\(advice)"
  }
}
