import Catalog
import Cutover
import EventLoop
import Migration
import Postgres
import SQL
import ScoreNow
import Scoring
import TestSupport

/// A database of its own with the old tables, and the engine's parts on top of it.
struct Stage {
  static let migration = BrandMetrics.migration()

  let settings: ConnectionSettings
  let pool: Pool
  let loop: EventLoop

  /// - Parameter isCreated: with the new tables.
  static func open(on loop: EventLoop, isCreated: Bool = true) async throws -> Stage {
    let stage = try await join(TestPostgres.database(), on: loop)
    try await stage.pool.run(script: BrandMetrics.migration().sample.oldSchema.text)
    try await stage.store.prepare()
    if isCreated { try await stage.create() }
    return stage
  }

  /// Another process on the database of a stage.
  static func join(_ settings: ConnectionSettings, on loop: EventLoop, connections: Int = 4) async throws -> Stage {
    Stage(
      settings: settings, pool: Pool(settings, limits: PoolLimits(connectionsMax: connections), on: loop), loop: loop)
  }

  func close() { pool.close() }

  var store: ControlStore { ControlStore(database: pool, migrations: [Self.migration]) }
  var phases: Phases { Phases(Self.migration) }
  var repair: Repair { Repair(Self.migration, database: pool) }
  var refresh: ViewRefresh { ViewRefresh(Self.migration, database: pool) }

  static let actor = Phases.Actor("test")

  /// False: the new tables exist already.
  @discardableResult
  func create() async throws -> Bool {
    try await pool.transaction { try await Creation(Self.migration, by: Self.actor).run(in: $0) }
  }

  /// Does a job as the program does; its report, as JSON.
  @discardableResult
  func job(
    _ kind: Step, _ options: Job.Options = Job.Options(), by actor: Phases.Actor = actor,
    tell: @escaping (Job.Progress) -> Void = { _ in }
  ) async throws -> String {
    try await JobRunner([Self.migration], database: pool, on: loop).run(
      kind, of: Self.migration, options, by: actor, tell: tell)
  }

  @discardableResult
  func backfill(
    _ batchResults: Int = 1_000, isDry: Bool = false, tell: @escaping (Job.Progress) -> Void = { _ in }
  ) async throws -> Backfill.Report {
    var options = Job.Options()
    options.batch_size = batchResults
    if isDry { options.dry_run = true }
    return ControlJSON.value(try await job(.backfill, options, tell: tell))!
  }

  func verify(isRepairing: Bool = false, batchResults: Int? = nil) async throws -> VerificationReport {
    var options = Job.Options()
    options.batch_size = batchResults
    if isRepairing { options.repair = true }
    return ControlJSON.value(try await job(.verify, options))!
  }

  func phase() async throws -> Phase { try await phases.current(in: pool) }

  /// Knows two words, so that compounds can be worked out by hand.
  static func scoreNow(_ database: any Database) throws -> ScoreNow {
    let scorer = Scorer(lexicon: try Lexicon(words: "good\t1.9\nbad\t-2.5", emoji: ""))
    return ScoreNow(scorer: scorer, migration: migration, database: database)
  }

  @discardableResult
  func score(_ brand: Int, limit: Int = 1_000, through database: (any Database)? = nil) async throws -> ScoreNow.Report
  {
    try await Self.scoreNow(database ?? pool).run(brand: .sample(brand), customer: .sample(brand), limit: limit)
  }

  /// Every service reads new, for everyone, verified or not.
  func readNew() async throws {
    for service in Self.migration.services {
      _ = try await store.change(
        flagOf: service.name, #"{"use_new_schema":true,"canary_percent":100}"#, ifVersion: nil, by: "test", reason: nil,
        isForcing: true)
    }
  }

  /// As if a verification had found both schemas equal.
  func markVerified() async throws {
    try await run(
      """
      UPDATE switchyard.migrations SET phase = 'verified';
      INSERT INTO switchyard.verifications (migration, job, is_equal) VALUES ('brand-metrics', 0, true)
      """)
  }

  func setDualWrite(on: Bool) async throws {
    let isKnown = try await store.setDualWrite(Self.migration, on: on, by: "test", reason: nil)
    precondition(isKnown)
  }
}

extension Stage {
  func run(_ text: String) async throws { try await pool.run(script: text) }

  func rows(_ text: String, _ binds: [Bind] = []) async throws -> [[String?]] {
    let rows = try await pool.query(Statement(text), binds)
    return (0..<rows.count).map { row in rows.columns.indices.map { rows.string(row: row, column: $0) } }
  }

  /// The one value that a query gives.
  func value(_ text: String) async throws -> String? { try await rows(text)[0][0] }

  func count(_ source: String) async throws -> Int { Int(try await value("SELECT count(*) FROM \(source)")!)! }

  /// Sessions on this database that wait for a lock.
  func waiterCount() async throws -> Int {
    try await count("pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
  }
}

extension UUIDValue {
  static func sample(_ number: Int) -> UUIDValue {
    let digits = String(number)
    return UUIDValue("00000000-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits)!
  }
}
