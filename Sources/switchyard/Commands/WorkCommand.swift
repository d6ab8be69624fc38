import Catalog
import Cutover
import EventLoop
import Migration
import Postgres

/// A command that works on the database and ends.
protocol WorkCommand: Command {
  /// Throws where the options are wrong, before anything is started.
  func check(_ options: GivenOptions) throws(UsageError)

  func work(_ options: GivenOptions, _ migration: Migration, _ pool: Pool) async throws -> ExitCode
}

extension WorkCommand {
  func check(_ options: GivenOptions) throws(UsageError) {}

  func run(_ options: GivenOptions, _ settings: Settings, on loop: EventLoop) async throws -> ExitCode {
    try check(options)
    let database = try await Home().database(settings, on: loop)
    let pool = Pool(database.forWork, limits: PoolLimits(connectionsMax: 2), on: loop)
    let outcome: Result<ExitCode, any Error>
    do {
      try await ControlStore(database: pool, services: Catalog.services).prepare()
      outcome = .success(try await work(options, Catalog.migrations[0], pool))
    } catch { outcome = .failure(error) }
    pool.close()
    await database.stop()
    return try outcome.get()
  }
}
