import API
import Cutover
import EventLoop
import Migration
import Observability
import Postgres
import SQL

/// What a server does by itself, between requests: repairs, refreshes of views, jobs, and watching who reads old.
final class BackgroundTasks {
  private static let repairMilliseconds = 1_000
  private static let usageMilliseconds = 60_000
  private static let countsMilliseconds = 1_000
  private static let trimMilliseconds = 3_600_000
  private static let tablesMilliseconds = 3_600_000
  private static let telling = "tell what was answered"

  private let migrations: [Migration]
  private let metrics: ServerMetrics
  private let counts = ReadCounts()
  private let shadows: ShadowLedger
  private let database: Pool
  private let refreshMilliseconds: Int
  private let log: Log
  private let loop: EventLoop
  private let jobs: JobRunner
  private var isStopped = false

  init(
    _ migrations: [Migration], _ metrics: ServerMetrics, _ shadows: ShadowLedger, database: Pool, refreshSeconds: Int,
    log: Log, on loop: EventLoop
  ) {
    self.migrations = migrations
    self.metrics = metrics
    self.shadows = shadows
    self.database = database
    refreshMilliseconds = refreshSeconds * 1_000
    self.log = log
    self.loop = loop
    jobs = JobRunner(migrations, database: database, on: loop)
  }

  func start() {
    for migration in migrations {
      loop.spawn { await self.repeatedly(Self.repairMilliseconds, "repair") { try await self.repair(migration) } }
      loop.spawn { await self.repeatedly(self.refreshMilliseconds, "refresh") { try await self.refresh(migration) } }
      loop.spawn {
        await self.repeatedly(Self.usageMilliseconds, "sample who reads old") {
          try await UsageClock(migration, database: self.database).sample()
        }
      }
      loop.spawn {
        await self.repeatedly(Self.tablesMilliseconds, "keep up the new tables") { try await self.keepUp(migration) }
      }
    }
    loop.spawn {
      await self.repeatedly(Self.countsMilliseconds, Self.telling) { try await self.tell() }
    }
    loop.spawn {
      await self.repeatedly(Self.trimMilliseconds, "forget old counts") {
        try await SchemaComparison.trim(in: self.database)
      }
    }
    jobs.start()
  }

  func stop() {
    isStopped = true
    jobs.stop()
  }

  /// Tells the database what it has not been told of yet.
  func tellRest() async { await once(Self.telling) { try await tell() } }

  private func repeatedly(_ milliseconds: Int, _ what: String, _ work: () async throws -> Void) async {
    while !isStopped {
      await once(what, work)
      await loop.sleep(milliseconds: milliseconds)
    }
  }

  private func once(_ what: String, _ work: () async throws -> Void) async {
    do { try await work() } catch let error as DatabaseError where error.state == .undefinedTable {
      log.debug("nothing to \(what) yet")
    } catch {
      log.warning(what, ["error": "\(error)"])
    }
  }

  private func tell() async throws {
    try await counts.tell(metrics.takeReads(), to: database)
    try await shadows.tell(database)
  }

  private func repair(_ migration: Migration) async throws {
    let repaired = try await Repair(migration, database: database).drain()
    if repaired > 0 { log.info("repaired", ["migration": migration.name, "keys": "\(repaired)"]) }
  }

  private func keepUp(_ migration: Migration) async throws {
    let locks = ShortLocks(migration, database) { await self.loop.sleep(milliseconds: $0) }
    let done = try await TableMaintenance(migration, locks).run()
    guard !done.isEmpty else { return }
    let counts = done.map { "\($0.name) \($0.count)" }.joined(separator: ", ")
    log.info("kept up the new tables", ["migration": migration.name, "done": counts])
  }

  private func refresh(_ migration: Migration) async throws {
    let refresh = ViewRefresh(migration, database: database)
    if try await refresh.isDue() { try await refresh.run() }
  }
}
