import Cutover
import EventLoop
import Migration
import Observability
import Postgres
import SQL

/// What a server does by itself, between requests: repairs, and refreshes of views.
final class Upkeep {
  private static let repairMilliseconds = 1_000

  private let migrations: [Migration]
  private let database: Pool
  private let refreshMilliseconds: Int
  private let log: Log
  private let loop: EventLoop
  private var isStopped = false

  init(_ migrations: [Migration], database: Pool, refreshSeconds: Int, log: Log, on loop: EventLoop) {
    self.migrations = migrations
    self.database = database
    refreshMilliseconds = refreshSeconds * 1_000
    self.log = log
    self.loop = loop
  }

  func start() {
    for migration in migrations {
      loop.spawn { await self.repeatedly(Self.repairMilliseconds, "repair") { try await self.repair(migration) } }
      loop.spawn { await self.repeatedly(self.refreshMilliseconds, "refresh") { try await self.refresh(migration) } }
    }
  }

  func stop() { isStopped = true }

  private func repeatedly(_ milliseconds: Int, _ what: String, _ work: () async throws -> Void) async {
    while !isStopped {
      do { try await work() } catch let error as DatabaseError where error.state == .undefinedTable {
        log.debug("nothing to \(what) yet")
      } catch {
        log.warning(what, ["error": "\(error)"])
      }
      await loop.sleep(milliseconds: milliseconds)
    }
  }

  private func repair(_ migration: Migration) async throws {
    let repaired = try await Repair(migration, database: database).drain()
    if repaired > 0 { log.info("repaired", ["migration": migration.name, "results": "\(repaired)"]) }
  }

  private func refresh(_ migration: Migration) async throws {
    let refresh = ViewRefresh(migration, database: database)
    if try await refresh.isDue() { try await refresh.run() }
  }
}
