import Catalog
import CivilTime
import Cutover
import Demo
import EventLoop
import Migration
import Postgres
import SQL
import ScoreNow
import Scoring

struct DemoCommand: Command {
  let name = "demo"
  let summary = "Load sample data into an empty database, make both schemas, and serve."
  let options = [
    Option.migration,
    Option(
      name: "scale", value: "N", help: "N times as much of it, with other dates and brands (default 1)"),
    Option(name: "no-serve", help: "end when the data is there"),
    Option(name: "old-only", help: "end when the old tables are there: nothing is moved"),
  ]

  func run(_ options: GivenOptions, _ settings: Settings, on loop: EventLoop) async throws -> ExitCode {
    let migration = try options.migration(of: settings.migrations)
    let scale = try options.count("scale", default: 1)
    let directory = StateDirectory()
    let database = try await directory.database(settings, on: loop)
    do {
      try await load(database, migration, settings, scale: scale, on: loop)
      if !options.has("old-only") { try await move(database, migration, on: loop) }
      guard !options.has("no-serve"), !options.has("old-only") else {
        await database.stop()
        return .done
      }
      let token = try directory.adminToken(settings)
      let code = try await Serving(settings, database, token: token, on: loop).run { address in
        print(
          """

          Switchyard is at \(address) - open it in a browser, or try

            curl \(address)\(Self.firstPath(of: migration))
          """)
        if let file = token.file { print("\nThe admin token is in \(file).\n") }
        flushOutput()
      }
      await database.stop()
      return code
    } catch {
      await database.stop()
      throw error
    }
  }

  private static func firstPath(of migration: Migration) -> String {
    let subject = migration.subject
    return subject.list == nil ? subject.path + migration.services[0].endpoints[0].path : subject.listPath
  }

  /// Each step is taken only if it was not taken before, so that a demo that was cut off goes on.
  private func load(
    _ database: DatabaseServer, _ migration: Migration, _ settings: Settings, scale: Int, on loop: EventLoop
  ) async throws {
    let pool = Pool(database.forWork, limits: PoolLimits(connectionsMax: 2), on: loop)
    defer { pool.close() }
    let store = ControlStore(database: pool, migrations: settings.migrations)
    if let fill = SampleFill(migration, scale: scale) {
      if try await !fill.run(in: pool) { complain("the sample data is there already") }
      try await store.prepare()
    } else {
      let files = try ProjectFiles.find()
      try await load(try files.sampleAnswers(), scale: scale, of: migration, into: pool)
      try await store.prepare()
      try await score(Scorer(lexicon: try files.lexicon()), migration, pool)
    }
  }

  private func move(_ database: DatabaseServer, _ migration: Migration, on loop: EventLoop) async throws {
    let pool = Pool(database.forWork, limits: PoolLimits(connectionsMax: 2), on: loop)
    defer { pool.close() }
    let runner = JobRunner([migration], database: pool, on: loop)
    let actor = Phases.Actor("demo")
    let phase = try await Phases(migration).current(in: pool)
    guard [.planned, .dualWriting, .backfilled].contains(phase) else { return }
    if phase == .planned { _ = try await runner.run(.create, of: migration, by: actor) }
    let bar = ProgressBar("copy", unit: migration.keyTitles)
    _ = try await runner.run(.backfill, of: migration, by: actor) { bar.update($0.done, of: $0.total) }
    bar.finish()
    _ = try await runner.run(.refresh, of: migration, by: actor)
    let verification = ProgressBar("verify", unit: migration.keyTitles)
    _ = try await runner.run(.verify, of: migration, by: actor) { verification.update($0.done, of: $0.total) }
    verification.finish()
  }

  private func load(
    _ sample: SampleAnswers, scale: Int, of migration: Migration, into pool: Pool
  ) async throws {
    let load = SampleLoad(sample, scale: scale, of: migration)
    let bar = ProgressBar("load", unit: "results")
    let isLoaded = try await pool.withConnection { connection in
      try await load.run(on: connection, now: Moment.now.unixSeconds) { bar.update($0, of: load.resultCount) }
    }
    if isLoaded {
      bar.finish()
    } else {
      complain("the sample answers are there already")
    }
  }

  private func score(_ scorer: Scorer, _ migration: Migration, _ pool: Pool) async throws {
    let scoreNow = ScoreNow(scorer: scorer, migration: migration, database: pool, isBackdated: true)
    let total = try await scoreNow.backlogCount()
    guard total > 0 else { return }
    let bar = ProgressBar("score", unit: "results")
    _ = try await scoreNow.runBacklog { bar.update($0, of: total) }
    bar.finish()
    _ = try await pool.query(Statement("ANALYZE \(migration.schema.qualified("extracted_positions"))"))
  }
}
