package import EventLoop
package import Migration
package import SQL

/// Runs jobs in this process.
package final class JobRunner {
  private static let lookMilliseconds = 250

  package let store: JobStore
  private let migrations: [Migration]
  private let owner: ProcessName
  private let loop: EventLoop
  private var running: [JobRun] = []
  private var isStopped = false

  package init(
    _ migrations: [Migration], database: any Database, leaseMilliseconds: Int = JobStore.leaseMillisecondsDefault,
    on loop: EventLoop
  ) {
    self.migrations = migrations
    self.loop = loop
    owner = .current
    store = JobStore(database: database, leaseMilliseconds: leaseMilliseconds)
  }

  /// Starts a job and does it, or goes on with one that was left behind.
  /// - Returns: the report, as JSON.
  package func run(
    _ kind: Job.Kind, of migration: Migration, _ options: Job.Options = Job.Options(), by actor: Phases.Actor,
    tell: @escaping (Job.Progress) -> Void = { _ in }
  ) async throws -> String {
    let job = try await take(kind, of: migration, options, by: actor)
    return try await run(job, of: migration, tell: tell)
  }

  private func run(
    _ job: Job, of migration: Migration, tell: @escaping (Job.Progress) -> Void = { _ in }
  ) async throws -> String {
    let run = JobRun(job, of: migration, store: store, owner: owner.description, on: loop, tell: tell)
    running.append(run)
    defer { running.removeAll { $0 === run } }
    return try await run.run { try await job.kind.work($0) }
  }

  private func take(
    _ kind: Job.Kind, of migration: Migration, _ options: Job.Options, by actor: Phases.Actor
  ) async throws -> Job {
    let names = [migration.name]
    while true {
      do {
        let id = try await store.start(kind, of: migration, options, by: actor, owner: owner.description)
        return Job(id: id, migration: migration.name, kind: kind, options: options, actor: actor, checkpoint: nil)
      } catch let other as JobUnderWay {
        guard let holder = try await store.holder(of: other.id) else { continue }
        let dead = holder.owner.flatMap { ProcessName($0) }.flatMap { $0.hasEnded ? $0.description : nil }
        if let job = try await store.claim(other.id, migrations: names, owner: owner.description, deadOwner: dead) {
          return job
        }
        throw other
      }
    }
  }

  /// Takes jobs that wait, and those whose process has gone, until `stop`.
  package func start() {
    loop.spawn {
      while !self.isStopped {
        if let job = try? await self.store.claim(
          migrations: self.migrations.map(\.name), owner: self.owner.description),
          let migration = self.migrations.first(where: { $0.name == job.migration })
        {
          self.loop.spawn { _ = try? await self.run(job, of: migration) }
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
