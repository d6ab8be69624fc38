package import EventLoop
package import Migration
package import SQL

/// Runs jobs in this process.
package final class JobRunner {
  private static let lookMilliseconds = 250

  package let store: JobStore
  private let migrations: [Migration]
  private let loop: EventLoop
  private var running: [JobRun] = []
  private var isStopped = false

  package init(
    _ migrations: [Migration], database: any Database, leaseMilliseconds: Int = JobStore.leaseMillisecondsDefault,
    on loop: EventLoop
  ) {
    self.migrations = migrations
    self.loop = loop
    store = JobStore(database: database, leaseMilliseconds: leaseMilliseconds)
  }

  /// Of one run: so that a run that has lost its job is told from another one of the same process.
  private static func newOwner() -> String { "\(ProcessName.current) \(UInt64.random(in: .min ... .max))" }

  /// Starts a job and does it, or goes on with one that was left behind.
  /// - Returns: the report, as JSON.
  package func run(
    _ step: Step, of migration: Migration, _ options: Job.Options = Job.Options(), by actor: Phases.Actor,
    tell: @escaping (Job.Progress) -> Void = { _ in }
  ) async throws -> String {
    let owner = Self.newOwner()
    let job = try await take(step, of: migration, options, by: actor, owner: owner)
    return try await run(job, of: migration, owner: owner, tell: tell)
  }

  private func run(
    _ job: Job, of migration: Migration, owner: String, tell: @escaping (Job.Progress) -> Void = { _ in }
  ) async throws -> String {
    let run = JobRun(job, of: migration, store: store, owner: owner, on: loop, tell: tell)
    running.append(run)
    if isStopped { run.stop() }
    defer { running.removeAll { $0 === run } }
    return try await run.run { try await job.step.definition.work($0) }
  }

  private func take(
    _ step: Step, of migration: Migration, _ options: Job.Options, by actor: Phases.Actor, owner: String
  ) async throws -> Job {
    while true {
      do {
        let id = try await store.start(step, of: migration, options, by: actor, owner: owner)
        return Job(id: id, migration: migration.name, step: step, options: options, actor: actor, checkpoint: nil)
      } catch let other as JobUnderWay where other.step == step {
        guard let holder = try await store.holder(of: other.id) else { continue }
        let isSame = holder.options.isSameWork(as: options)
        // What waits for a server is somebody's wish; what was left behind is not.
        guard isSame || holder.owner != nil,
          let job = try await claim(other, of: migration, heldBy: holder.owner, owner: owner)
        else { throw other }
        if isSame { return job }
        try await store.giveUp(job.id, owner: owner)
      }
    }
  }

  private func claim(
    _ other: JobUnderWay, of migration: Migration, heldBy holder: String?, owner: String
  ) async throws(DatabaseError) -> Job? {
    let process = holder.flatMap { $0.split(separator: " ").first }.flatMap { ProcessName(String($0)) }
    return try await store.claim(
      other.id, migrations: [migration.name], owner: owner, deadOwner: process?.hasEnded == true ? holder : nil)
  }

  /// Takes jobs that wait, and those whose process has gone, until `stop`.
  package func start() {
    loop.spawn {
      while !self.isStopped {
        let owner = Self.newOwner()
        if let job = try? await self.store.claim(migrations: self.migrations.map(\.name), owner: owner),
          let migration = self.migrations.first(where: { $0.name == job.migration })
        {
          self.loop.spawn { _ = try? await self.run(job, of: migration, owner: owner) }
        } else {
          await self.loop.sleep(milliseconds: Self.lookMilliseconds)
        }
      }
    }
  }

  /// Jobs under way end between two steps, to be gone on with by another process or the next start.
  package func stop() {
    isStopped = true
    for run in running { run.stop() }
  }
}
