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
  let summary = "Load and score the sample answers into an empty database, make both schemas, and serve."
  let options = [
    Option(
      name: "scale", value: "N", help: "repeat the sample answers N times, with other dates and brands (default 1)"),
    Option(name: "no-serve", help: "end when the data is there"),
  ]

  func run(_ options: GivenOptions, _ settings: Settings, on loop: EventLoop) async throws -> ExitCode {
    let scale = try options.count("scale", default: 1)
    let home = Home()
    let database = try await home.database(settings, on: loop)
    do {
      try await prepare(database, scale: scale, on: loop)
      guard !options.has("no-serve") else {
        await database.stop()
        return .done
      }
      let token = try home.adminToken(settings)
      let code = try await Serving(settings, database, token: token, on: loop).run { address in
        print(
          """

          Switchyard is at \(address) - open it in a browser, or try

            curl \(address)/api/brands
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

  /// Each step is taken only if it was not taken before, so that a demo that was cut off goes on.
  private func prepare(_ database: DatabaseServer, scale: Int, on loop: EventLoop) async throws {
    let files = try ProjectFiles.find()
    let pool = Pool(database.forWork, limits: PoolLimits(connectionsMax: 2), on: loop)
    defer { pool.close() }
    try await load(try files.sampleAnswers(), scale: scale, into: pool)
    try await ControlStore(database: pool, migrations: Catalog.migrations).prepare()
    for migration in Catalog.migrations {
      try await score(Scorer(lexicon: try files.lexicon()), DualWrite(migration), pool)
      let runner = JobRunner([migration], database: pool, on: loop)
      let actor = Phases.Actor("demo")
      let phase = try await Phases(migration).current(in: pool)
      guard [.planned, .dualWriting].contains(phase) else { continue }
      if phase == .planned { _ = try await runner.run(.create, of: migration, by: actor) }
      let bar = ProgressBar("copy", unit: "results")
      _ = try await runner.run(.backfill, of: migration, by: actor) { bar.update($0.done, of: $0.total) }
      bar.finish()
      _ = try await runner.run(.refresh, of: migration, by: actor)
    }
  }

  private func load(_ sample: SampleAnswers, scale: Int, into pool: Pool) async throws {
    let load = SampleLoad(sample, scale: scale, oldSchema: BrandMetrics.oldSchema)
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

  private func score(_ scorer: Scorer, _ dualWrite: DualWrite, _ pool: Pool) async throws {
    let scoreNow = ScoreNow(scorer: scorer, dualWrite: dualWrite, database: pool, isBackdated: true)
    let total = try await scoreNow.backlogCount()
    guard total > 0 else { return }
    let bar = ProgressBar("score", unit: "results")
    _ = try await scoreNow.runBacklog { bar.update($0, of: total) }
    bar.finish()
    _ = try await pool.query(Statement("ANALYZE extracted_positions"))
  }
}
